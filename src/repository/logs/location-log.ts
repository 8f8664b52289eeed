import {
  hashDirectoryLower,
  keyFile,
  keyLengthMax,
  parseKeyFile,
  type Key,
} from '../../key/index.ts';
import { isUuid, type Uuid } from '../../units/index.ts';
import { nativeMd5 } from '../files/native/native-md5.ts';
import { logLines } from './lines/log-lines.ts';
import { cutAtBlank } from './lines/map-stamped-log.ts';
import {
  compareStamps,
  formatStamp,
  nextStamp,
  parseStamp,
  type TimeStamp,
} from './lines/time-stamp.ts';
import { sortedBySubject } from './uuid-keyed-log.ts';

/** `1` present, `0` absent, `X` of a dead key (spec/git-annex-branch.md section 3.3). */
export type LocationStatus = '1' | '0' | 'X';

/** What a location log says of one repository. */
export interface Location {
  readonly status: LocationStatus;
  readonly stamp: TimeStamp;
}

const statuses: ReadonlyMap<string, LocationStatus> = new Map([
  ['1', '1'],
  ['0', '0'],
  ['X', 'X'],
]);

/**
 * The newest line of each repository; of equally new ones the first in the file
 * (spec/git-annex-branch.md section 3.2). Lines of another form are passed over.
 */
export function parseLocationLog(text: string): Map<Uuid, Location> {
  const newest = new Map<Uuid, Location>();
  for (const line of logLines(text)) {
    const [head, rest] = cutAtBlank(line);
    if (rest === undefined || rest.charAt(1) !== ' ') continue;
    const status = statuses.get(rest.charAt(0));
    const uuid = rest.slice(2);
    const stamp = parseStamp(head);
    if (status === undefined || stamp === undefined || !isUuid(uuid)) continue;
    const known = newest.get(uuid);
    if (known === undefined || compareStamps(stamp, known.stamp) > 0) {
      newest.set(uuid, { status, stamp });
    }
  }
  return newest;
}

/** A location log as git-annex writes it: one line a repository, sorted by UUID. */
export function formatLocationLog(locations: ReadonlyMap<Uuid, Location>): string {
  return sortedBySubject(locations)
    .map(([uuid, { status, stamp }]) => `${formatStamp(stamp)} ${status} ${uuid}\n`)
    .join('');
}

/** The repositories that have the key now, in the order of their first lines. */
export function presentIn(text: string): Uuid[] {
  const present: Uuid[] = [];
  for (const [uuid, { status }] of parseLocationLog(text)) if (status === '1') present.push(uuid);
  return present;
}

/**
 * The log after a repository got or lost the key: the same text when it says so already, since
 * writing a status that is current changes nothing (spec/git-annex-branch.md section 3.3).
 */
export function setPresence(
  text: string,
  change: { readonly uuid: Uuid; readonly isPresent: boolean; readonly now: TimeStamp },
): string {
  const locations = parseLocationLog(text);
  const known = locations.get(change.uuid);
  const status = change.isPresent ? '1' : '0';
  if (known?.status === status) return text;
  locations.set(change.uuid, { status, stamp: nextStamp(change.now, known?.stamp) });
  return formatLocationLog(locations);
}

/** The log with only the newest line of each repository; the same text when it is so already. */
export function compactLocationLog(text: string): string {
  return formatLocationLog(parseLocationLog(text));
}

/**
 * `LOWER/KEYFILE.log`: where the branch keeps the location log of a key (spec/git-annex-branch.md
 * section 3.1).
 */
export function locationLogPath(key: Key): string {
  return `${hashDirectoryLower(key, nativeMd5)}${keyFile(key)}.log`;
}

const locationLogShape = /^[0-9a-f]{3}\/[0-9a-f]{3}\/([^/]+)\.log$/;

/** Whether a file of the branch is the location log of a key. */
export function isLocationLogPath(path: string): boolean {
  return locationLogShape.test(path);
}

/** The key that a location log is about; `undefined` for any other file. */
export function keyOfLocationLog(path: string): Key | undefined {
  const name = locationLogShape.exec(path)?.[1];
  return name === undefined || name.length > keyLengthMax ? undefined : parseKeyFile(name);
}
