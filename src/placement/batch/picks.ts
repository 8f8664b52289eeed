/**
 * Lines about the picks of the balanced terms (spec/expressions.md section 15, spec/newest.md
 * section 6).
 */
import * as v from 'valibot';
import {
  parseExpression,
  type Dialect,
  type Expression,
  type TermNamed,
} from '../../expression/index.ts';
import { parseKey } from '../../key/index.ts';
import {
  anyText,
  isObject,
  listOf,
  objectOf,
  orNull,
  readJson,
  uuid,
  wholeNumber,
  type Shape,
} from '../../shapes/index.ts';
import { compareBytes, type Read, type Uuid } from '../../units/index.ts';
import { annexOf } from '../world/annex.ts';
import { isBalanced } from '../terms/balanced.ts';
import { compilePick, type BalancedName } from '../terms/balanced-pick.ts';
import { noSettings, type Configuration, type RepositorySettings } from '../world/configuration.ts';
import { keyHash, picks } from '../world/pick.ts';
import { presenceOf } from '../world/question.ts';
import { wanted } from '../evaluate/wanted.ts';
import type { Item, World } from '../world/world.ts';
import { differencesOf, type AnswerLine } from './answer.ts';
import { recordedRepository } from './recorded-repository.ts';

const members = v.pipe(
  listOf(uuid),
  v.transform((uuids) => [...new Set(uuids)]),
);

const sharedFields = {
  group: members,
  candidates: members,
  key: anyText,
  chosen: v.optional(listOf(uuid)),
  hmac: v.optional(anyText),
  first: v.optional(v.nullable(wholeNumber)),
};

/** A line that says how many to pick. */
const numberedLine = objectOf({ ...sharedFields, number: wholeNumber }, 'a line of picks');

/** A line that says of what `fullybalanced=GROUP:lackingcopies...` makes that number, which it may hold, too. */
const lackingLine = objectOf(
  {
    ...sharedFields,
    number: v.optional(orNull(wholeNumber)),
    term: anyText,
    numcopies: wholeNumber,
    /** Repositories outside of the group. */
    others: listOf(recordedRepository),
    locations: listOf(uuid),
  },
  'a line of picks',
);

type PickLine = v.InferOutput<typeof numberedLine> | LackingPick;
type LackingPick = v.InferOutput<typeof lackingLine>;

const pickLine: Shape<PickLine> = v.lazy((value) =>
  isObject(value) && 'term' in value ? lackingLine : numberedLine,
);

/**
 * Answers lines of picks: whom of the candidates the key goes to (`chosen`, ascending), the hash,
 * and where among the candidates the pick begins; for lines with a `term` also the number it comes
 * to.
 */
export function answerPicks(dialect: Dialect): AnswerLine {
  return (json) => {
    const read = readJson(json, pickLine);
    if (read.kind === 'problem') return read;
    const line = read.value;
    const { group, candidates, key: keyText, chosen, hmac, first, number } = line;
    const lacking = 'term' in line ? line : undefined;
    const stranger = candidates.find((candidate) => !group.includes(candidate));
    if (stranger !== undefined) {
      return { kind: 'problem', message: `the candidate ${stranger} is not in the group` };
    }
    const strayed = lacking === undefined ? undefined : strayedFrom(lacking);
    if (strayed !== undefined) return { kind: 'problem', message: strayed };
    const hash = keyHash(group.toSorted(compareBytes));
    const byNumber = 'term' in line ? 0 : line.number;
    const byHash = picks({ members: group, candidates, keyText, number: byNumber });
    const shared = { hmac: hexOf(hash.digest(keyText)), first: byHash.first ?? null };
    const picked: Read<Picked> =
      lacking === undefined
        ? { kind: 'value', value: { chosen: byHash.picked } }
        : pickLacking(lacking, dialect);
    if (picked.kind === 'problem') return picked;
    const sorted = picked.value.chosen.toSorted(compareBytes);
    const ours = { ...picked.value, chosen: sorted, ...shared };
    const recorded = { ...(lacking === undefined ? {} : { number }), chosen, hmac, first };
    const known = Object.entries(recorded).filter(([, value]) => value !== undefined);
    return {
      kind: 'answer',
      json: JSON.stringify({ key: keyText, ...ours }),
      differences: known.length === 0 ? undefined : differencesOf(ours, Object.fromEntries(known)),
    };
  };
}

function hexOf(digest: Uint8Array): string {
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

type BalancedTerm = TermNamed<BalancedName>;

interface Picked {
  /** How many are to be chosen, of a term with `lacking`. */
  readonly number?: number;
  readonly chosen: readonly Uuid[];
}

/** Asks every member, with a configuration that makes candidates of just those of the line. */
function pickLacking(line: LackingPick, dialect: Dialect): Read<Picked> {
  const { group, candidates, key: keyText } = line;
  const parsed = parseExpression(line.term, dialect);
  const key = parseKey(keyText);
  const term = parsed.kind === 'expression' ? balancedTerm(parsed.tree) : undefined;
  if (term === undefined || key === undefined) {
    return { kind: 'problem', message: 'the term or the key of the line cannot be read' };
  }
  const balanced = term.argument;
  if (term.name === 'sizebalanced' || term.name === 'fullysizebalanced') {
    const why = 'goes by free space, of which the line says nothing: ask with a case instead';
    return { kind: 'problem', message: `${term.name} ${why}` };
  }
  const insider = line.others.find(([, { groups }]) => groups.includes(balanced.group));
  if (insider !== undefined) {
    const why = 'is in the group of the term: name it in "group"';
    return { kind: 'problem', message: `the other repository ${insider[0]} ${why}` };
  }
  const member = (own: Uuid): RepositorySettings => ({
    ...noSettings,
    groups: [balanced.group],
    wanted: line.term,
    maxsizeBytes: candidates.includes(own) ? undefined : 0n,
  });
  const configuration: Configuration = {
    repositories: new Map([...line.others, ...group.map((own) => [own, member(own)] as const)]),
    groupwanted: new Map(),
    numcopies: line.numcopies,
    mincopies: undefined,
    clusters: new Map(),
    fullyBalancedThresholdPercent: 90,
    rebalance: false,
    dialect,
  };
  const world: World = {
    configuration,
    locations: () => line.locations,
    // More than nothing, so that a maxsize of 0 leaves no room for keys of size 0 either.
    sizeBytes: () => 1n,
  };
  const item: Item = { key, keyText, file: undefined };
  const number = numberIn(term, item, world);
  const chosen = group.filter((own) => wanted(own, item, world));
  return { kind: 'value', value: { number, chosen } };
}

/** What the line says of repositories that cannot be. */
function strayedFrom({ others, locations, group }: LackingPick): string | undefined {
  const outside = new Set(others.map(([other]) => other));
  const both = group.find((member) => outside.has(member));
  if (both !== undefined) return `${both} is in the group and among the others`;
  if (outside.size < others.length) return 'one of the others is there twice';
  const unknown = locations.find((each) => !outside.has(each) && !group.includes(each));
  return unknown === undefined ? undefined : `the location ${unknown} is no repository of the line`;
}

function balancedTerm(tree: Expression): BalancedTerm | undefined {
  return tree.kind === 'term' && isBalanced(tree) ? tree : undefined;
}

function numberIn({ name, argument }: BalancedTerm, item: Item, world: World): number {
  const annex = annexOf(world.configuration);
  const presence = presenceOf(annex, world.locations(item));
  const [repository] = world.configuration.repositories.keys();
  if (repository === undefined) return 0;
  const question = { repository, item, world, presence, isGone: false, isUndecidable: false };
  return compilePick(name, argument, annex).whole(question).number;
}
