import type { Uuid } from '../../units/index.ts';
import { parseUuidKeyedLog } from './uuid-keyed-log.ts';

/**
 * remote.log: the settings of each special remote, name to value, as `initremote` was given them.
 */
export function parseRemoteLog(text: string): Map<Uuid, ReadonlyMap<string, string>> {
  const remotes = new Map<Uuid, ReadonlyMap<string, string>>();
  for (const [uuid, { value }] of parseUuidKeyedLog(text)) {
    const settings = new Map<string, string>();
    for (const word of value.split(' ')) {
      const equals = word.indexOf('=');
      if (equals > 0) settings.set(word.slice(0, equals), unescaped(word.slice(equals + 1)));
    }
    remotes.set(uuid, settings);
  }
  return remotes;
}

/** Characters that would end a word or a line stand as `&NUMBER;`. */
function unescaped(value: string): string {
  return value.replace(/&(\d{1,7});/g, (escape, digits: string) => {
    const code = Number(digits);
    return code <= 0x10ffff ? String.fromCodePoint(code) : escape;
  });
}
