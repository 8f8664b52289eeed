import type { Uuid } from '../../units/index.ts';
import { parseUuidKeyedLog, setUuidKeyedLog, type LogSetting } from './uuid-keyed-log.ts';

/**
 * remote.log: the settings of each special remote, name to value, as `initremote` was given them.
 */
export function parseRemoteLog(text: string): Map<Uuid, ReadonlyMap<string, string>> {
  return new Map([...parseRemoteLines(text)].map(([uuid, line]) => [uuid, remoteSettings(line)]));
}

/** remote.log with each line as it stands, without UUID and stamp. */
export function parseRemoteLines(text: string): Map<Uuid, string> {
  return new Map([...parseUuidKeyedLog(text)].map(([uuid, { value }]) => [uuid, value]));
}

/** The settings that a line has, name to value. */
export function remoteSettings(line: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const word of line.split(' ')) {
    const equals = word.indexOf('=');
    if (equals > 0) settings.set(word.slice(0, equals), unescaped(word.slice(equals + 1)));
  }
  return settings;
}

/** remote.log, or a file of its form, with the line of one remote set. */
export function setRemoteLine(text: string, setting: LogSetting<Uuid>): string {
  return setUuidKeyedLog(text, setting);
}

/** Characters that would end a word or a line stand as `&NUMBER;`. */
function unescaped(value: string): string {
  return value.replace(/&(\d{1,7});/g, (escape, digits: string) => {
    const code = Number(digits);
    return code <= 0x10ffff ? String.fromCodePoint(code) : escape;
  });
}
