import { parseKey, serializeKey, type Key } from '../../key/index.ts';
import { NodeUnavailableError } from '../../nodes/index.ts';
import { parseUuid, type Uuid, isErrorCode } from '../../units/index.ts';

/** Why a node has no copy of what it was chosen for. */
export type MissingReason = 'unavailable' | 'full' | 'busy' | 'failed';

/** What each reason is called in a sentence that begins with "since", after the node's name. */
export const reasonWords: Readonly<Record<MissingReason, string>> = {
  unavailable: 'it could not be reached, or did not answer',
  full: 'it had no room',
  busy: 'it was busy with the same keys',
  failed: 'it could not store them; the log tells why',
};

/** A copy that an acknowledged upload to a cluster should have made and has not. */
export interface MissingCopy {
  readonly key: Key;
  readonly cluster: Uuid;
  /** The node that was chosen for it. */
  readonly node: Uuid;
  /** When the upload was acknowledged without it, seconds since 1970. */
  readonly sinceSeconds: number;
  readonly why: MissingReason;
}

/** The reason that an error of a node amounts to. */
export function missingReasonOf(error: unknown): MissingReason {
  if (error instanceof NodeUnavailableError) return 'unavailable';
  if (isErrorCode(error, 'NOT_ENOUGH_SPACE', 'ENOSPC', 'EDQUOT')) return 'full';
  return isErrorCode(error, 'DEPOSIT_BUSY') ? 'busy' : 'failed';
}

/**
 * A missing copy as one line of `annex/ballast/missing`, a JSON array in ASCII:
 *
 *     [SECONDS,"CLUSTER","NODE","WHY","KEY"]
 *
 * JSON writes what no UTF-8 text can hold, as a key of any bytes has it, and line ends, as escapes.
 */
export function formatMissing({ key, cluster, node, sinceSeconds, why }: MissingCopy): string {
  const line = JSON.stringify([sinceSeconds, cluster, node, why, serializeKey(key)]);
  return line.replace(/[\u007f-\uffff]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Reads such a line; `undefined` for one that is damaged. */
export function parseMissing(line: string): MissingCopy | undefined {
  const fields = jsonArray(line);
  const [since, cluster, node, why, key] = fields;
  if (fields.length !== 5 || typeof since !== 'number' || !Number.isSafeInteger(since)) {
    return undefined;
  }
  const named = {
    cluster: parseUuid(textOf(cluster)),
    node: parseUuid(textOf(node)),
    key: parseKey(textOf(key)),
  };
  if (named.cluster === undefined || named.node === undefined || named.key === undefined) {
    return undefined;
  }
  if (!isReason(why)) return undefined;
  return { key: named.key, cluster: named.cluster, node: named.node, sinceSeconds: since, why };
}

function isReason(value: unknown): value is MissingReason {
  return typeof value === 'string' && Object.hasOwn(reasonWords, value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function jsonArray(line: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
