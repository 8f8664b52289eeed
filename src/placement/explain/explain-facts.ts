/** The facts behind the value of a term, as a few words for people. */
import type { Term } from '../../expression/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Annex } from '../world/annex.ts';
import { neededCopies, whoseCopies } from '../terms/copies.ts';
import { balanceOf, tellBalance, type Balance } from './explain-balance.ts';
import { whoCounts } from '../terms/limit.ts';
import { groupwantedOf, standardOf } from '../evaluate/matcher.ts';
import { nameOf, namesOf } from '../world/names.ts';
import { isLeft, isPresent, type Question } from '../world/question.ts';

/** What is known of the value of a term. */
export interface Facts {
  /** Such as "1 of 2, usb1"; empty where there is nothing to tell. */
  readonly because: string;
  /** Of balanced terms: how the pick was made. */
  readonly balance: Balance | undefined;
}

/** What a term is asked about, and where it stands. */
export interface FactsFrom {
  readonly annex: Annex;
  readonly question: Question;
  /** Inside what `groupwanted` or `standard` stands for. */
  readonly isInner: boolean;
}

/** What is known of a term's value. */
export function factsOf(term: Term, from: FactsFrom): Facts {
  switch (term.name) {
    case 'balanced':
    case 'fullybalanced':
    case 'sizebalanced':
    case 'fullysizebalanced': {
      const balance = balanceOf(term.name, term.argument, from);
      return { because: tellBalance(balance, from), balance };
    }
    default:
      return { because: because(term, from), balance: undefined };
  }
}

function because(term: Exclude<Term, { name: `${string}balanced` }>, from: FactsFrom): string {
  const { annex, question } = from;
  const { item, world, presence } = question;
  switch (term.name) {
    case 'anything':
    case 'nothing':
      return '';
    case 'present':
      return presenceWords(from);
    case 'standard':
    case 'groupwanted':
      return stoodForWords(term.name, from);
    case 'include':
    case 'exclude':
      return fileWords(from);
    case 'inpreferreddir': {
      const { preferreddir = 'public' } = annex.settings(question.repository);
      return `preferreddir is ${quoted(preferreddir)}, ${fileWords(from)}`;
    }
    case 'unused':
      return item.file === undefined
        ? `no file uses it, and the last search ${world.isUnused?.(item) === true ? 'listed it' : 'did not list it'}`
        : fileWords(from);
    case 'copies': {
      const counts = whoseCopies(term.argument.of, annex);
      const having = presence.live.filter((uuid) => isLeft(question, uuid) && counts(uuid));
      return `${having.length} of ${term.argument.number}${listed(having, annex)}`;
    }
    case 'lackingcopies':
    case 'approxlackingcopies': {
      const counts = whoCounts(term.argument.of, annex);
      const having = presence.live.filter(
        (uuid) => isLeft(question, uuid) && annex.trust(uuid) !== 'untrusted' && counts(uuid),
      );
      const { numcopies = 1 } = annex.configuration;
      const needed =
        term.name === 'lackingcopies' ? neededCopies(annex)(question) : Math.max(1, numcopies);
      return `${needed} needed, ${having.length} there${listed(having, annex)}`;
    }
    case 'inbackend':
    case 'securehash':
      return `the backend is ${item.key.backend}`;
    case 'smallerthan':
    case 'largerthan': {
      const { sizeBytes } = item.key;
      if (sizeBytes === undefined) return 'the size is not known';
      return `the size is ${sizeBytes}, compared with ${term.argument}`;
    }
    case 'metadata': {
      const { field } = term.argument;
      return `${field} is ${orNothing(world.metadata?.(item).get(field) ?? [])}`;
    }
    case 'url':
      return `its urls are ${orNothing(world.urls?.(item) ?? [])}`;
    case 'inallgroup':
    case 'onlyingroup':
      return groupWords(term.name, term.argument, from);
  }
}

function presenceWords({ annex, question }: FactsFrom): string {
  const name = nameOf(annex, question.repository);
  return `${name} ${isPresent(question) ? 'has it' : 'does not have it'}`;
}

function stoodForWords(name: 'standard' | 'groupwanted', from: FactsFrom): string {
  const { annex, question, isInner } = from;
  const asPresent = `so it means present, and ${presenceWords(from)}`;
  if (isInner && name === 'groupwanted') {
    return `inside of a groupwanted expression, ${asPresent}`;
  }
  const { groups, text } = (name === 'standard' ? standardOf : groupwantedOf)(
    annex,
    question.repository,
  );
  const own = nameOf(annex, question.repository);
  const what = name === 'standard' ? 'standard groups' : 'groups with a groupwanted expression';
  if (text !== undefined) return `of the group ${groups.join(', ')}: ${text}`;
  if (groups.length === 0)
    return `${own} is in no ${what.replace('groups', 'group')}, ${asPresent}`;
  return `${own} is in several ${what} (${groups.join(', ')}), ${asPresent}`;
}

function fileWords({ question: { item } }: FactsFrom): string {
  return item.file === undefined ? 'no file uses it' : `the file is ${quoted(item.file)}`;
}

function groupWords(name: 'inallgroup' | 'onlyingroup', group: string, from: FactsFrom): string {
  const { annex, question } = from;
  const { members, places } = annex.group(group);
  if (members.length === 0) return `nobody is in the group ${group}`;
  const { live, clusters } = question.presence;
  const left = [...live, ...clusters].filter((uuid) => isLeft(question, uuid));
  if (name === 'inallgroup') {
    const missing = members.filter((member) => !left.includes(member));
    if (missing.length === 0) return `all ${members.length} members have it`;
    return `missing in ${namesOf(annex, missing)}`;
  }
  const outside = left.filter((uuid) => !places.has(uuid));
  if (outside.length > 0) return `also in ${namesOf(annex, outside)}`;
  return left.length === 0 ? 'no copies' : `in ${namesOf(annex, left)}`;
}

function listed(uuids: readonly Uuid[], annex: Annex): string {
  return uuids.length === 0 ? '' : `, ${namesOf(annex, uuids)}`;
}

function orNothing(values: readonly string[]): string {
  return values.length === 0 ? 'not set' : values.map(quoted).join(', ');
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
