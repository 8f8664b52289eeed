/**
 * KEY.log.met, the metadata of a key: `STAMP FIELD +VALUE -VALUE FIELD +VALUE`
 * (spec/git-annex-branch.md section 3.3).
 */
import type { Key } from '../../../key/index.ts';
import { decodeText } from '../../../units/index.ts';
import { locationLogPath } from '../location-log.ts';
import { logLines } from '../lines/log-lines.ts';
import { compareStamps, parseStamp, wholeSeconds, type TimeStamp } from '../lines/time-stamp.ts';

/**
 * `LOWER/KEYFILE.log.met`: where the branch keeps the metadata of a key (spec/git-annex-branch.md
 * section 3.1).
 */
export function metadataLogPath(key: Key): string {
  return `${locationLogPath(key)}.met`;
}

/**
 * The current values of each field, by its name in lower case. A value that was set and removed
 * goes by the newest line, of equally new ones the last, and by the last word of a line. With them
 * come `NAME-lastchanged` of each field that is set, and `lastchanged` (spec/expressions.md section
 * 6.9). Lines without a stamp and values whose base64 cannot be read are passed over, as git-annex
 * does.
 */
export function parseMetadataLog(text: string): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, Field>();
  const lines = logLines(text).flatMap(readLine).sort(byStamp);
  for (const { stamp, changes } of lines) {
    for (const { name, value, isSet } of changes) {
      const field = fields.get(name) ?? { values: new Map<string, boolean>(), stamp };
      fields.set(name, { ...field, stamp });
      field.values.set(value, isSet);
    }
  }
  return withLastChanged(fields, lines.at(-1)?.stamp);
}

interface Field {
  readonly values: Map<string, boolean>;
  /** Of the newest line that sets or removes a value of it. */
  readonly stamp: TimeStamp;
}

interface Change {
  readonly name: string;
  readonly value: string;
  readonly isSet: boolean;
}

interface MetadataLine {
  readonly stamp: TimeStamp;
  readonly changes: readonly Change[];
}

/** The stable order in which lines count. */
function byStamp(one: MetadataLine, other: MetadataLine): number {
  return compareStamps(one.stamp, other.stamp);
}

/**
 * The first word names a field, also when it begins with a sign; other words with one are values.
 */
function readLine(line: string): readonly MetadataLine[] {
  const [head = '', ...words] = line.split(' ');
  const stamp = parseStamp(head);
  if (stamp === undefined) return [];
  const changes: Change[] = [];
  let name: string | undefined;
  for (const word of words) {
    const isSet = word.startsWith('+');
    if (name === undefined || (!isSet && !word.startsWith('-'))) name = word.toLowerCase();
    else {
      const value = valueOf(word.slice(1));
      if (value !== undefined) changes.push({ name, value, isSet });
    }
  }
  return [{ stamp, changes }];
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** "A value with whitespace or one that starts with `!` is base64 after a `!`." */
function valueOf(text: string): string | undefined {
  if (!text.startsWith('!')) return text;
  const encoded = text.slice(1);
  return base64.test(encoded) ? decodeText(Buffer.from(encoded, 'base64')) : undefined;
}

function withLastChanged(
  fields: ReadonlyMap<string, Field>,
  newest: TimeStamp | undefined,
): ReadonlyMap<string, readonly string[]> {
  const current = new Map<string, string[]>();
  const add = (name: string, values: readonly string[]): void => {
    current.set(name, [...(current.get(name) ?? []), ...values]);
  };
  for (const [name, { values, stamp }] of fields) {
    const set = [...values].flatMap(([value, isSet]) => (isSet ? [value] : []));
    if (set.length === 0) continue;
    add(name, set);
    add(`${name}-lastchanged`, timeOf(stamp));
  }
  if (newest !== undefined) add('lastchanged', timeOf(newest));
  return current;
}

/** Last second that a Date can hold; what is beyond has no time here. */
const secondsMax = 8_640_000_000_000;

/** `2024-01-31@23-59-59`, UTC. */
function timeOf(stamp: TimeStamp): readonly string[] {
  const seconds = wholeSeconds(stamp);
  if (seconds === undefined || Math.abs(seconds) > secondsMax) return [];
  const iso = new Date(seconds * 1000).toISOString();
  return [
    iso
      .replace(/\.\d+Z$/, '')
      .replace('T', '@')
      .replaceAll(':', '-')
      .replace(/^\+0*/, ''),
  ];
}
