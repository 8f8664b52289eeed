import type { Key } from '../../../key/index.ts';
import { isUuid, type Uuid } from '../../../units/index.ts';
import { locationLogPath } from '../location-log.ts';
import { parseMapStampedLog, setMapStampedLog } from '../lines/map-stamped-log.ts';
import type { LogSetting } from '../uuid-keyed-log.ts';

/**
 * `LOWER/KEY.log.rmt`: what the program of a special remote has noted of a key, under the key that it knows
 * (spec/special-remotes.md section 7.2); empty when that is nothing.
 */
export function parseRemoteState(text: string, remote: Uuid): string {
  return parseMapStampedLog(text, isUuid).get(remote)?.value ?? '';
}

/**
 * The log with what a program notes; the same text when it says so already.
 *
 * @throws Error when it would end its line.
 */
export function setRemoteState(text: string, setting: LogSetting<Uuid>): string {
  return setMapStampedLog(text, setting, isUuid);
}

/** Where the branch keeps it. */
export function remoteStateLogPath(key: Key): string {
  return `${locationLogPath(key)}.rmt`;
}
