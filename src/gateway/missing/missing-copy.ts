import { parseKey, serializeKey, type Key } from '../../key/index.ts';
import { NodeUnavailableError } from '../../nodes/index.ts';
import { anyText, madeBy, oneOf, readJson, rowOf, uuid, wholeNumber } from '../../shapes/index.ts';
import { type Uuid, isErrorCode } from '../../units/index.ts';

const reasons = ['unavailable', 'full', 'busy', 'failed', 'damaged'] as const;

/** Why a node has no copy of what it was chosen for. */
export type MissingReason = (typeof reasons)[number];

/** What each reason is called in a sentence that begins with "since", after the node's name. */
export const reasonWords: Readonly<Record<MissingReason, string>> = {
  unavailable: 'it could not be reached, or did not answer',
  full: 'it had no room',
  busy: 'it was busy with the same keys',
  failed: 'it could not store them; the log tells why',
  damaged: 'what it had was damaged or gone',
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

/** Seconds, cluster, node, reason and key. */
const fields = rowOf([wholeNumber, uuid, uuid, oneOf(reasons), madeBy(anyText, parseKey, 'a key')]);

/** Reads such a line; `undefined` for one that is damaged. */
export function parseMissing(line: string): MissingCopy | undefined {
  const read = readJson(line, fields);
  if (read.kind === 'problem') return undefined;
  const [sinceSeconds, cluster, node, why, key] = read.value;
  return { key, cluster, node, sinceSeconds, why };
}
