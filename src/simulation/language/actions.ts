/** `action REPO KIND [REMOTE] [while action ...]` (spec/sim.md section 6). */
import { alt_sc, apply, kright, seq, str, type Parser } from 'typescript-parsec';
import type { WordsField } from './fields.ts';
import { unparsed } from './form.ts';
import { Misread } from './misread.ts';
import { anyWord, wordAt, type CommandWord, type WordKind } from './words.ts';

/** What a repository does with a remote. */
export type RemoteOperation =
  | 'getwanted'
  | 'sendwanted'
  | 'dropunwantedfrom'
  | 'gitpull'
  | 'gitpush'
  | 'pull'
  | 'push'
  | 'sync';

/** What a repository does: to its own contents, or with a remote. */
export type Action =
  | { readonly repository: string; readonly operation: 'dropunwanted' }
  | { readonly repository: string; readonly operation: RemoteOperation; readonly remote: string };

/** The actions of a command, those after the first joined by `while`. */
export const actions: WordsField<readonly Action[]> = {
  kind: 'words',
  usage: 'REPO KIND...',
  countMin: 0,
  readAll: (_, name) => readActions(name),
  printAll: (all) => all.flatMap(wordsOfAction),
};

function wordsOfAction(action: Action, index: number): readonly string[] {
  const joined = index === 0 ? [] : ['while', 'action'];
  const remote = 'remote' in action ? [action.remote] : [];
  return [...joined, action.repository, action.operation, ...remote];
}

const remoteOperation = alt_sc(
  named('getwanted'),
  named('sendwanted'),
  named('dropunwantedfrom'),
  named('gitpull'),
  named('gitpush'),
  named('pull'),
  named('push'),
  named('sync'),
);

const beginning = kright(
  str<WordKind>('action'),
  seq(anyWord, alt_sc(remoteOperation, named('dropunwanted'))),
);

function named<T extends RemoteOperation | 'dropunwanted'>(text: T): Parser<WordKind, T> {
  return apply(str<WordKind>(text), () => text);
}

/** The actions of a command, from its first word on. */
function readActions(first: CommandWord | undefined): readonly Action[] | Misread {
  const actions: Action[] = [];
  for (let from = first; ; ) {
    const read = readAction(from);
    if (read === undefined) return badAction(from, first);
    actions.push(read.action);
    if (read.next === undefined) return actions;
    if (read.next.text !== 'while') return badAction(read.next, first);
    from = read.next.next;
  }
}

function readAction(
  from: CommandWord | undefined,
): { readonly action: Action; readonly next: CommandWord | undefined } | undefined {
  const begun = beginning.parse(from);
  const [start] = begun.successful ? begun.candidates : [];
  if (start === undefined) return undefined;
  const [{ text: repository }, operation] = start.result;
  if (operation === 'dropunwanted')
    return { action: { repository, operation }, next: start.nextToken };
  const remote = start.nextToken;
  if (remote === undefined) return undefined;
  return { action: { repository, operation, remote: remote.text }, next: remote.next };
}

/**
 * "The parse error shows only the words from that action on (none: `\"\"`)" (spec/sim.md section
 * 4.3).
 */
function badAction(from: CommandWord | undefined, first: CommandWord | undefined): Misread {
  const wrong = from ?? lastOf(first) ?? wordAt('', 0, undefined);
  return new Misread(wrong, {
    code: from === undefined ? 'BS102' : 'BS104',
    message: 'this is no action',
    expected: 'action REPO getwanted REMOTE or the like, and while before another action',
    gitAnnexError: unparsed(from),
  });
}

function lastOf(first: CommandWord | undefined): CommandWord | undefined {
  let last = first;
  for (let each = first; each !== undefined; each = each.next) last = each;
  return last;
}
