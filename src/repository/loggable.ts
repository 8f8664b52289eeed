import type { Key } from '../key/index.ts';
import { encodeText } from '../units/index.ts';
import { journalName } from './branch/journal-name.ts';
import { locationLogPath } from './logs/location-log.ts';

/** Longest name that file systems take. */
const fileNameBytesMax = 255;

/**
 * Whether a key can have a location log: it has to fit into the journal, as a file of its own. A
 * key that cannot is in no repository and never was.
 */
export function isLoggable(key: Key): boolean {
  const name = encodeText(journalName(locationLogPath(key)));
  return name.length <= fileNameBytesMax && !name.includes(0);
}
