import type { Uuid } from '../../units/index.ts';
import type { BranchFileChange } from '../branch/branch-reader.ts';
import { keyOfLocationLog, presentIn } from '../logs/location-log.ts';

/** What a repository holds, or how much more it holds than before. */
export interface SizeTotal {
  readonly keys: number;
  readonly bytes: bigint;
}

/** Totals by repository; one that has no key is left out. */
export type SizeTotals = Map<Uuid, SizeTotal>;

/**
 * Counts what a location log has come to. Keys without a size count 0 bytes; a chunk counts the
 * size of the whole (spec/git-annex-branch.md section 4.1).
 */
export function addChange(totals: SizeTotals, change: BranchFileChange): void {
  const key = keyOfLocationLog(change.path);
  if (key === undefined) return;
  const bytes = key.sizeBytes ?? 0n;
  const before = new Set(presentIn(change.before));
  const after = new Set(presentIn(change.after));
  for (const uuid of after) if (!before.has(uuid)) add(totals, uuid, { keys: 1, bytes });
  for (const uuid of before) if (!after.has(uuid)) add(totals, uuid, { keys: -1, bytes: -bytes });
}

/** Adds one set of totals to another. */
export function addTotals(totals: SizeTotals, more: SizeTotals): void {
  for (const [uuid, total] of more) add(totals, uuid, total);
}

function add(totals: SizeTotals, uuid: Uuid, more: SizeTotal): void {
  const known = totals.get(uuid);
  const keys = (known?.keys ?? 0) + more.keys;
  const bytes = (known?.bytes ?? 0n) + more.bytes;
  if (keys === 0 && bytes === 0n) totals.delete(uuid);
  else totals.set(uuid, { keys, bytes });
}
