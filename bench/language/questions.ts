/** The annex that is asked about: who is in it, and what each wants. */
import { noSettings, type Configuration } from '../../src/placement/index.ts';
import { parseUuid, type Uuid } from '../../src/units/index.ts';

/** A question that is asked about every file. */
export interface Asked {
  readonly name: string;
  readonly repository: Uuid;
  readonly expression: string;
  /** How many decisions a second ballast has to make on one core. */
  readonly decisionsTarget: number;
}

const memberCount = 8;

/** The members of the group `store`. */
export const members: readonly Uuid[] = Array.from({ length: memberCount }, (_, number) =>
  made(number),
);
export const archives: readonly Uuid[] = [made(8), made(9)];

/** Everybody that can hold a key; a location mask has their bits in this order. */
export const holders: readonly Uuid[] = [...members, ...archives];

/** Five terms of five kinds; for most files all of them have to be looked at. */
const fiveTerms: Asked = {
  name: 'five terms',
  repository: made(10),
  expression:
    'include=music/* and largerthan=40kb and not (copies=archive:2 or inallgroup=store) and approxlackingcopies=1',
  decisionsTarget: 1_000_000,
};

/** For most keys the pick has to be made, and each key is hashed for one question only. */
const balanced: Asked = {
  name: `balanced= over ${memberCount}`,
  repository: made(3),
  expression: 'balanced=store',
  decisionsTarget: 300_000,
};

export const questions: readonly Asked[] = [fiveTerms, balanced];

/** The question of that name. */
export function questionNamed(name: string | undefined): Asked {
  const asked = questions.find((each) => each.name === name);
  if (asked === undefined) throw new Error(`no question is named ${name}`);
  return asked;
}

/** Room beyond what a member holds: one has none, and one only for small keys. */
const roomBytes = [5e12, -1, 5e12, 5e12, 300_000, 5e12, 5e12, 5e12].map(BigInt);

/** The configuration, when the members hold so much. */
export function configurationWith(heldBytes: ReadonlyMap<Uuid, bigint>): Configuration {
  const wanted = new Map(questions.map(({ repository, expression }) => [repository, expression]));
  const described = (uuid: Uuid, groups: readonly string[], maxsizeBytes?: bigint) =>
    [
      uuid,
      { ...noSettings, description: uuid, groups, wanted: wanted.get(uuid), maxsizeBytes },
    ] as const;
  const store = members.map((uuid, place) =>
    described(uuid, ['store'], (heldBytes.get(uuid) ?? 0n) + (roomBytes[place] ?? 0n)),
  );
  const archive = archives.map((uuid) => described(uuid, ['archive']));
  return {
    repositories: new Map([...store, ...archive, described(fiveTerms.repository, [])]),
    groupwanted: new Map(),
    numcopies: 1,
    mincopies: undefined,
    clusters: new Map(),
    fullyBalancedThresholdPercent: 90,
    rebalance: false,
  };
}

function made(number: number): Uuid {
  const uuid = parseUuid(`6ba7b810-9dad-41d1-80b4-${String(number).padStart(12, '0')}`);
  if (uuid === undefined) throw new Error('that is a UUID');
  return uuid;
}
