/** Which repositories count: everybody, a group's members, or those that a limit matches. */
import type { CountedGroup, GroupLimit } from '../../expression/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Annex } from './annex.ts';

/** Whether a repository counts. */
export type Counts = (uuid: Uuid) => boolean;

const everybody: Counts = () => true;

/** Who counts, by the group log (spec/newest.md sections 1.1 and 1.2). */
export function whoCounts(of: CountedGroup, annex: Annex): Counts {
  switch (of.kind) {
    case 'anybody':
      return everybody;
    case 'group': {
      const { places } = annex.group(of.group);
      return (uuid) => places.has(uuid);
    }
    case 'limit':
      return whoMatches(of.limit, annex);
  }
}

/** Whom a limit matches: in an included group, if any is named, and in no excluded one. */
export function whoMatches({ included, excluded }: GroupLimit, annex: Annex): Counts {
  const wanted = included.map((group) => annex.group(group).places);
  const unwanted = excluded.map((group) => annex.group(group).places);
  return (uuid) =>
    (wanted.length === 0 || wanted.some((places) => places.has(uuid))) &&
    !unwanted.some((places) => places.has(uuid));
}
