/**
 * Preferred content in the smallest terms that say it: the text is read again for every question,
 * and each term is a line (the tree of a text and the facts of a world are beside it). Slow, and an oracle for src/expression and src/placement. It knows the
 * terms that properties/arbitraries/expressions.ts makes; numbers and sizes are plain ones there.
 */
import { createHmac } from 'node:crypto';
import {
  dayOf,
  isCounted,
  isLogged,
  locationsOf,
  maxsizeOf,
  membersOf,
  repositoriesOf,
  sizeOf,
  trustOf,
  type ModelQuestion,
} from './preferred-content-facts.ts';
import { modelTree, modelWords, termsOf, type Tree } from './preferred-content-tree.ts';
import { countedValue, days, isTermWord, lackingTest, limitMatches } from './term-words.ts';

/** Section 1: the match, or `undefined` when nothing is configured. */
export function modelMatch(question: ModelQuestion): boolean | undefined {
  const settings = repositoriesOf(question).get(question.repository);
  const texts = [settings?.wanted, settings?.required].filter((text) => text !== undefined);
  if (texts.some((text) => !isAccepted(text, question))) return termMatches('present', question);
  const trees = texts.map(modelTree).filter((tree) => tree !== 'ANY');
  const [first, second] = trees;
  if (first === undefined) return undefined;
  const tree: Tree = second === undefined ? first : ['or', first, second];
  return hasNegatedUnstable(tree, question, false) ? false : matches(tree, question);
}

/** Sections 7 and 9: with every term that it uses, those of the group's expression among them. */
function isAccepted(text: string, question: ModelQuestion): boolean {
  const words = modelWords(text).filter((word) => !/^([()]|and|or|not)$/.test(word));
  if (words.some((word) => !isTermWord(word, dayOf(question)))) return false;
  if (!words.includes('groupwanted')) return true;
  const group = groupwantedText(question);
  return group === undefined || isAccepted(withoutGroupwanted(group), question);
}

function matches(tree: Tree, question: ModelQuestion): boolean {
  if (tree === 'ANY') return true;
  if ('term' in tree) return termMatches(tree.term, question);
  if (tree[0] === 'not') return !matches(tree[1], question);
  const [left, right] = [matches(tree[1], question), matches(tree[2], question)];
  return tree[0] === 'and' ? left && right : left || right;
}

/** Section 10. */
function hasNegatedUnstable(tree: Tree, question: ModelQuestion, isNegated: boolean): boolean {
  if (tree === 'ANY') return false;
  if ('term' in tree) return isNegated && isUnstable(tree.term, question);
  if (tree[0] === 'not') return hasNegatedUnstable(tree[1], question, !isNegated);
  return [tree[1], tree[2]].some((part) => hasNegatedUnstable(part, question, isNegated));
}

function isUnstable(term: string, question: ModelQuestion): boolean {
  if (/^(present$|balanced=|sizebalanced=)/.test(term)) return true;
  if (term === 'groupwanted')
    return termsOf(groupwantedOf(question)).some((each) => isUnstable(each, question));
  return false;
}

/** Section 7, and newest 2.1: an empty entry counted once. */
function groupwantedText(question: ModelQuestion): string | undefined {
  const { groupwanted } = question.world.configuration;
  const groups = repositoriesOf(question).get(question.repository)?.groups ?? [];
  const texts = groups
    .flatMap((group) => groupwanted.get(group) ?? [])
    .filter((text) => text !== '' || dayOf(question) < days.limits);
  return texts.length === 1 ? texts[0] : undefined;
}

/** `groupwanted` inside of it is `present`. */
function withoutGroupwanted(text: string): string {
  return text.replaceAll(/(?<![^\s()])groupwanted(?![^\s()])/g, 'present');
}

function groupwantedOf(question: ModelQuestion): Tree {
  const text = groupwantedText(question);
  return text === undefined ? { term: 'present' } : modelTree(withoutGroupwanted(text));
}

/** Section 6, and 12 for the balanced terms. */
function termMatches(text: string, question: ModelQuestion): boolean {
  const { item, world, repository } = question;
  const [name = '', ...values] = text.split('=');
  const value = values.join('=');
  const present = locationsOf(question);
  const left = present.filter((uuid) => !question.isGone || uuid !== repository);
  const nodes = left.filter((uuid) => !uuid.startsWith('ac'));
  const members = membersOf(value, question);
  const size = item.key.sizeBytes;
  switch (name) {
    case 'anything':
      return true;
    case 'nothing':
      return false;
    case 'present':
      return present.includes(repository);
    case 'include':
      return item.file !== undefined && globMatches(value, item.file);
    case 'exclude':
      return item.file === undefined || !globMatches(value, item.file);
    case 'copies':
      return countedOf(name, value, { nodes, question }).length >= numberIn(name, value, question);
    case 'lackingcopies':
    case 'approxlackingcopies': {
      const have = countedOf(name, value, { nodes, question }).filter(
        (uuid) => trustOf(uuid, question) !== 'untrusted',
      );
      return neededFor(name, question) - have.length >= numberIn(name, value, question);
    }
    case 'url':
      return (world.urls?.(item) ?? []).some((url) =>
        globMatches(value, url.replace(/^(yt:|quvi:|:)/, ''), '/'),
      );
    case 'inbackend':
      return item.key.backend === value;
    case 'smallerthan':
      return size === undefined || size < BigInt(value);
    case 'largerthan':
      return size !== undefined && size > BigInt(value);
    case 'inallgroup':
      if (members.length === 0) return true;
      if (question.isGone && members.includes(repository)) return false;
      return members.every((uuid) => present.includes(uuid));
    case 'onlyingroup':
      return members.length > 0 && left.length > 0 && left.every((uuid) => members.includes(uuid));
    case 'groupwanted':
      return matches(groupwantedOf(question), question);
    default:
      return balancedMatches(name, value, question);
  }
}

/** Who of some nodes a term that counts looks at. */
function countedOf(
  term: string,
  value: string,
  { nodes, question }: { nodes: readonly string[]; question: ModelQuestion },
): readonly string[] {
  const counted = countedValue(term, value, dayOf(question));
  const groupsOf = (uuid: string): readonly string[] =>
    repositoriesOf(question).get(uuid)?.groups ?? [];
  return nodes.filter((uuid) => {
    if (counted?.limit !== undefined) return limitMatches(counted.limit, groupsOf(uuid));
    if (counted?.name === undefined) return true;
    if (term === 'copies') return isCounted(counted.name, uuid, question);
    return groupsOf(uuid).includes(counted.name);
  });
}

function numberIn(term: string, value: string, question: ModelQuestion): number {
  return Number(countedValue(term, value, dayOf(question))?.number);
}

/** Section 6.6. */
function neededFor(term: string, { world, item }: ModelQuestion): number {
  const { numcopies = 1 } = world.configuration;
  const usesAttribute = term === 'lackingcopies' && item.file !== undefined;
  return Math.max(1, (usesAttribute ? world.attributeNumcopies?.(item) : undefined) ?? numcopies);
}

/** Newest 2.4: how many members are to take it. */
function lackingNumber(value: string, question: ModelQuestion): number {
  const [, group = '', , limit] = /^([^:]*):lackingcopies(=(.*))?$/.exec(value) ?? [];
  const others = locationsOf(question).filter((uuid) => {
    const settings = repositoriesOf(question).get(uuid);
    if (uuid.startsWith('ac') || settings?.trust === 'untrusted') return false;
    if (settings?.groups.includes(group) === true) return false;
    return limit === undefined || limitMatches(limit, settings?.groups ?? []);
  });
  return neededFor('lackingcopies', question) - others.length;
}

function balancedMatches(name: string, value: string, question: ModelQuestion): boolean {
  const { rebalance, fullyBalancedThresholdPercent } = question.world.configuration;
  const [group = '', digits = '1'] = value.split(':');
  const test = lackingTest(value);
  if (!name.startsWith('fully')) {
    const fully = balancedMatches(`fully${name}`, value, question);
    const isTooFew =
      test === undefined
        ? !termMatches(`copies=${group}:${digits}`, question)
        : termMatches(test, question);
    const isPresent = locationsOf(question).includes(question.repository);
    return rebalance ? fully : isPresent || (isTooFew && fully);
  }
  const number = test === undefined ? Number(digits) : lackingNumber(value, question);
  const members = membersOf(group, question);
  const tooFull = members.filter((uuid) =>
    isTooFull(uuid, fullyBalancedThresholdPercent, question),
  );
  const isBySize =
    name === 'fullysizebalanced' ||
    (rebalance && number > 1 && number > members.length - tooFull.length);
  const candidates = isBySize
    ? freest(members, question).slice(0, Math.max(0, number))
    : members.filter((uuid) => hasRoom(uuid, question));
  return picked(members, candidates.toSorted(), number, question).includes(question.repository);
}

/** Section 12.2. */
function picked(
  members: readonly string[],
  candidates: readonly string[],
  number: number,
  { item }: ModelQuestion,
): readonly (string | undefined)[] {
  const hash = createHmac('sha256', members.join('')).update(item.keyText).digest('hex');
  return Array.from({ length: Math.max(0, number) }, (_, index) =>
    candidates.length === 0
      ? undefined
      : candidates[Number((BigInt(`0x${hash}`) + BigInt(index)) % BigInt(candidates.length))],
  );
}

/** Section 12.4, where an unknown size counts as 0. */
function freest(members: readonly string[], question: ModelQuestion): readonly string[] {
  const share = (uuid: string): number => {
    const maxsize = maxsizeOf(uuid, question) ?? 0n;
    const own = isLogged(uuid, question) ? (question.item.key.sizeBytes ?? 0n) : 0n;
    return Number(maxsize - (sizeOf(uuid, question) ?? 0n) + own) / Number(maxsize);
  };
  return members
    .filter((uuid) => (maxsizeOf(uuid, question) ?? 0n) > 0n && hasRoom(uuid, question, 0n))
    .toSorted((left, right) => share(right) - share(left) || (left < right ? 1 : -1));
}

/** Section 12.3. */
function hasRoom(uuid: string, question: ModelQuestion, unknownSize?: bigint): boolean {
  const [maxsize, size] = [maxsizeOf(uuid, question), sizeOf(uuid, question) ?? unknownSize];
  if (maxsize === undefined || size === undefined) return true;
  const keySize = isLogged(uuid, question) ? 0n : (question.item.key.sizeBytes ?? 0n);
  return size + keySize <= maxsize;
}

function isTooFull(uuid: string, percent: number, question: ModelQuestion): boolean {
  const [maxsize, size] = [maxsizeOf(uuid, question), sizeOf(uuid, question)];
  if (maxsize === undefined || maxsize === 0n || size === undefined) return false;
  return Number(size) >= Number(maxsize) * (percent / 100);
}

/** Section 6.3, for globs of letters, digits, `.`, `:`, `/`, `*` and `?`; `/` as `slash` says. */
function globMatches(glob: string, name: string, slash = '/+'): boolean {
  const pattern = glob
    .replaceAll('.', '[.]')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('/', slash);
  return new RegExp(`^${pattern}$`, 'mu').test(name);
}
