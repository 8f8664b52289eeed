import { parseWholeNumber } from '../../units/index.ts';
import { logLines, unwritableValue } from './lines/log-lines.ts';
import { cutAtBlank } from './lines/map-stamped-log.ts';
import {
  compareStamps,
  formatStamp,
  nextStamp,
  parseStamp,
  type TimeStamp,
} from './lines/time-stamp.ts';

interface StampedNumber {
  readonly copies: number;
  readonly stamp: TimeStamp;
}

/** Longest text that is taken for a number. */
const lengthMax = 40;

/**
 * numcopies.log and mincopies.log: the newest number, of equally new ones the larger
 * (spec/git-annex-branch.md section 3.2). As logged: what is less than one copy counts as 1
 * elsewhere.
 */
export function parseNumcopiesLog(text: string): number | undefined {
  return newestNumber(text)?.copies;
}

/** Either log with the number set: one line, or the same text when that is the number already. */
export function setNumcopies(
  text: string,
  setting: { readonly copies: number; readonly now: TimeStamp },
): string {
  const { copies } = setting;
  if (!isReadable(copies)) {
    throw unwritableValue('the number of copies', `${copies}`, 'no number of 64 bits');
  }
  const known = newestNumber(text);
  if (known?.copies === copies) return text;
  return `${formatStamp(nextStamp(setting.now, known?.stamp))} ${BigInt(copies)}\n`;
}

function isReadable(copies: number): boolean {
  return Number.isInteger(copies) && Number(BigInt.asIntN(64, BigInt(copies))) === copies;
}

function newestNumber(text: string): StampedNumber | undefined {
  let newest: StampedNumber | undefined;
  for (const line of logLines(text)) {
    const [head, rest = ''] = cutAtBlank(line);
    const stamp = parseStamp(head);
    const number = rest.length > lengthMax ? undefined : parseWholeNumber(rest.trimStart());
    if (stamp === undefined || number === undefined) continue;
    const copies = Number(number);
    const order = newest === undefined ? 1 : compareStamps(stamp, newest.stamp);
    if (order > 0 || (order === 0 && copies > (newest?.copies ?? 0))) newest = { copies, stamp };
  }
  return newest;
}
