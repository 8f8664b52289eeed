import type { TrustLevel } from '../../placement/index.ts';
import type { Uuid } from '../../units/index.ts';
import { parseUuidKeyedLog, setUuidKeyedLog } from './uuid-keyed-log.ts';
import type { TimeStamp } from './lines/time-stamp.ts';

/** The letters of trust.log; an empty value, from times without levels, is a trusted repository. */
const levels: ReadonlyMap<string, TrustLevel> = new Map([
  ['', 'trusted'],
  ['1', 'trusted'],
  ['0', 'untrusted'],
  ['?', 'semitrusted'],
  ['X', 'dead'],
]);

const letters: Readonly<Record<TrustLevel, string>> = {
  trusted: '1',
  untrusted: '0',
  semitrusted: '?',
  dead: 'X',
};

/** trust.log: what git-annex cannot read it takes as semitrusted. */
export function parseTrustLog(text: string): Map<Uuid, TrustLevel> {
  const trust = new Map<Uuid, TrustLevel>();
  for (const [uuid, { value }] of parseUuidKeyedLog(text)) {
    trust.set(uuid, levels.get(value) ?? 'semitrusted');
  }
  return trust;
}

/** trust.log with a repository trusted that far. */
export function setTrust(
  text: string,
  setting: { readonly uuid: Uuid; readonly trust: TrustLevel; readonly now: TimeStamp },
): string {
  const { uuid, trust, now } = setting;
  return setUuidKeyedLog(text, { subject: uuid, value: letters[trust], now });
}
