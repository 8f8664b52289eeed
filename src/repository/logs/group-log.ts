import type { Uuid } from '../../units/index.ts';
import { parseUuidKeyedLog, setUuidKeyedLog } from './uuid-keyed-log.ts';
import type { TimeStamp } from './time-stamp.ts';

/**
 * group.log: the groups of each repository, sorted; none for a repository that left its last one.
 */
export function parseGroupLog(text: string): Map<Uuid, readonly string[]> {
  const groups = new Map<Uuid, readonly string[]>();
  for (const [uuid, { value }] of parseUuidKeyedLog(text)) groups.set(uuid, sortedWords(value));
  return groups;
}

/** group.log with a repository in exactly these groups. */
export function setGroups(
  text: string,
  setting: { readonly uuid: Uuid; readonly groups: readonly string[]; readonly now: TimeStamp },
): string {
  const { uuid, groups, now } = setting;
  return setUuidKeyedLog(text, {
    subject: uuid,
    value: sortedWords(groups.join(' ')).join(' '),
    now,
  });
}

function sortedWords(value: string): string[] {
  return [...new Set(value.split(/\s+/).filter((word) => word !== ''))].sort();
}
