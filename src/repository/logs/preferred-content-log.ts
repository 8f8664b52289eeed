import type { Uuid } from '../../units/index.ts';
import { parseUuidKeyedLog, setUuidKeyedLog, type LogSetting } from './uuid-keyed-log.ts';

/**
 * preferred-content.log and required-content.log: the expression of each repository as it was
 * written, `''` where it was emptied.
 */
export function parsePreferredContentLog(text: string): Map<Uuid, string> {
  const expressions = new Map<Uuid, string>();
  for (const [uuid, { value }] of parseUuidKeyedLog(text)) expressions.set(uuid, value);
  return expressions;
}

/** Either log with a repository's expression set. */
export function setPreferredContent(text: string, setting: LogSetting<Uuid>): string {
  return setUuidKeyedLog(text, setting);
}
