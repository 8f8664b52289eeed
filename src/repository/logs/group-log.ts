import type { Uuid } from '../../units/index.ts';
import { unwritableValue } from './lines/log-lines.ts';
import { parseUuidKeyedLog, setUuidKeyedLog } from './uuid-keyed-log.ts';
import type { TimeStamp } from './lines/time-stamp.ts';

/**
 * group.log: the groups of each repository, sorted; none for a repository that left its last one. A
 * blank ends a name and no other white space does, as in git-annex.
 */
export function parseGroupLog(text: string): Map<Uuid, readonly string[]> {
  const groups = new Map<Uuid, readonly string[]>();
  for (const [uuid, { value }] of parseUuidKeyedLog(text))
    groups.set(uuid, sortedGroups(value.split(' ')));
  return groups;
}

/** group.log with a repository in exactly these groups. */
export function setGroups(
  text: string,
  setting: { readonly uuid: Uuid; readonly groups: readonly string[]; readonly now: TimeStamp },
): string {
  const { uuid, groups, now } = setting;
  const odd = groups.find((name) => name === '' || name.includes(' '));
  if (odd !== undefined) {
    throw unwritableValue('the group', odd, 'a name there is one word');
  }
  return setUuidKeyedLog(text, {
    subject: uuid,
    value: sortedGroups(groups).join(' '),
    now,
  });
}

function sortedGroups(names: readonly string[]): string[] {
  return [...new Set(names.filter((name) => name !== ''))].sort();
}
