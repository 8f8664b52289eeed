import { isUuid, type Uuid } from '../../units/index.ts';
import { unwritableValue } from './lines/log-lines.ts';
import { parseMapStampedLog, setMapStampedLog } from './lines/map-stamped-log.ts';
import type { TimeStamp } from './lines/time-stamp.ts';

/** Most digits of a size that is taken for one: far more than there are bytes. */
const sizeLengthMax = 40;

/** maxsize.log: the most bytes each repository should hold; 0 stays 0. */
export function parseMaxsizeLog(text: string): Map<Uuid, bigint> {
  const sizes = new Map<Uuid, bigint>();
  for (const [uuid, { value }] of parseMapStampedLog(text, isUuid)) {
    const digits = /^\s*(\d+)/.exec(value)?.[1];
    if (digits !== undefined && digits.length <= sizeLengthMax) sizes.set(uuid, BigInt(digits));
  }
  return sizes;
}

/** maxsize.log with the limit of one repository set, in bytes. */
export function setMaxsize(
  text: string,
  setting: { readonly uuid: Uuid; readonly maxsizeBytes: bigint; readonly now: TimeStamp },
): string {
  const { uuid, maxsizeBytes, now } = setting;
  if (maxsizeBytes < 0n || `${maxsizeBytes}`.length > sizeLengthMax) {
    throw unwritableValue('the size', `${maxsizeBytes}`, 'no disk has that many bytes');
  }
  return setMapStampedLog(text, { subject: uuid, value: `${maxsizeBytes}`, now }, isUuid);
}
