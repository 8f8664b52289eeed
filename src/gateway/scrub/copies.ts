import type { Key } from '../../key/index.ts';
import type { StorageNode } from '../../nodes/index.ts';
import {
  isLocationLogPath,
  keyOfLocationLog,
  locationLogPath,
  presentIn,
  type AnnexBranch,
} from '../../repository/index.ts';
import { compareBytes, type Uuid } from '../../units/index.ts';

/** A copy that is to be looked at, and the place that a walk is at behind it. */
export interface CopyInTurn {
  readonly key: Key;
  /** Greater than that of all copies before; see `WalkState`. */
  readonly place: string;
}

/** Logs that are read at once: what is kept of a walk in memory, and between two readings of the branch. */
const logsMax = 10_000;

/**
 * Some keys that the location log says a node has, behind a place in the order of their logs, which is that of git's
 * trees. None: there are no more. Cost: names of the whole branch, some million in a second, and these logs.
 */
export async function nextLogged(
  branch: AnnexBranch,
  node: Uuid,
  after: string,
): Promise<{ readonly copies: readonly CopyInTurn[]; readonly place: string } | undefined> {
  const tip = await branch.tip();
  if (tip === undefined) return undefined;
  const copies: CopyInTurn[] = [];
  let count = 0;
  let place = after;
  const isNext = (path: string): boolean =>
    isLocationLogPath(path) && compareBytes(path, after) > 0;
  for await (const files of branch.scanBatches(tip, isNext)) {
    for (const { path, text } of files) {
      count += 1;
      place = path;
      const key = presentIn(text).includes(node) ? keyOfLocationLog(path) : undefined;
      if (key !== undefined) copies.push({ key, place });
    }
    if (count >= logsMax) break;
  }
  return count === 0 ? undefined : { copies, place };
}

/**
 * The keys of which a node's disk has something that the location log does not say it has, behind a place. Those that
 * it does say were walked through before; a walk does not look at them twice.
 */
export async function* foundBesides(
  branch: AnnexBranch,
  node: StorageNode,
  after: string,
): AsyncGenerator<CopyInTurn, void, undefined> {
  for await (const { key, place } of node.listKeys?.(after) ?? []) {
    const log = await branch.read(locationLogPath(key));
    if (!presentIn(log ?? '').includes(node.uuid)) yield { key, place };
  }
}
