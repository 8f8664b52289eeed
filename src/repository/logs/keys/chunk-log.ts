import type { Key } from '../../../key/index.ts';
import { isUuid, type Uuid } from '../../../units/index.ts';
import { locationLogPath } from '../location-log.ts';
import { parseMapStampedLog, setMapStampedLog } from '../lines/map-stamped-log.ts';
import type { TimeStamp } from '../lines/time-stamp.ts';

/** Chunks of one size that a special remote was given of a content. */
export interface LoggedChunks {
  readonly chunkBytes: bigint;
  /** How many they are; 0 once they were removed. */
  readonly count: bigint;
}

/** A special remote with a size of chunks, as a log names them together. */
type Subject = `${string}:${string}`;

/** Digits of a size or a count: more than any disk has bytes. */
const subjectShape = /^([^ :]+):([1-9]\d{0,18})$/;
const countShape = /^\d{1,19}$/;

function isSubject(text: string): text is Subject {
  const uuid = subjectShape.exec(text)?.[1];
  return uuid !== undefined && isUuid(uuid);
}

/**
 * `LOWER/KEY.log.cnk`: the chunks that one special remote was given of a key, each size once, smaller ones
 * first (spec/special-remotes.md section 3.2). Lines of another form are passed over.
 */
export function parseChunkLog(text: string, remote: Uuid): readonly LoggedChunks[] {
  const found: LoggedChunks[] = [];
  for (const [subject, { value }] of parseMapStampedLog(text, isSubject)) {
    const [, uuid, size = ''] = subjectShape.exec(subject) ?? [];
    if (uuid !== remote || !countShape.test(value)) continue;
    found.push({ chunkBytes: BigInt(size), count: BigInt(value) });
  }
  return found.sort((a, b) => (a.chunkBytes < b.chunkBytes ? -1 : 1));
}

/** The log with how many chunks of one size a special remote has; the same text when it says so already. */
export function setChunks(
  text: string,
  change: LoggedChunks & { readonly remote: Uuid; readonly now: TimeStamp },
): string {
  const { remote, chunkBytes, count, now } = change;
  const subject: Subject = `${remote}:${chunkBytes}`;
  return setMapStampedLog(text, { subject, value: `${count}`, now }, isSubject);
}

/** Where the branch keeps the chunk log of a key, which is that of the plain key whatever is stored. */
export function chunkLogPath(key: Key): string {
  return `${locationLogPath(key)}.cnk`;
}
