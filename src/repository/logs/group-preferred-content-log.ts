import { parseMapStampedLog, setMapStampedLog } from './lines/map-stamped-log.ts';
import type { LogSetting } from './uuid-keyed-log.ts';

/** group-preferred-content.log: the groupwanted expression of each group. */
export function parseGroupPreferredContentLog(text: string): Map<string, string> {
  const expressions = new Map<string, string>();
  for (const [group, { value }] of parseMapStampedLog(text, isGroup)) expressions.set(group, value);
  return expressions;
}

/** The log with the groupwanted expression of one group set. */
export function setGroupPreferredContent(text: string, setting: LogSetting<string>): string {
  return setMapStampedLog(text, setting, isGroup);
}

function isGroup(text: string): text is string {
  return text !== '';
}
