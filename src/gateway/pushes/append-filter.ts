import { standardGroups } from '../../placement/index.ts';
import {
  parseGroupLog,
  presentIn,
  remoteSettings,
  stampedLogs,
  stampOf,
  subjectLogs,
  type MakeFilter,
  type MergeFilter,
  type MergeTally,
} from '../../repository/index.ts';
import { isUuid } from '../../units/index.ts';
import { namesOfRemote, refusalOfLine, type PushFacts } from './admitted-lines.ts';

/** How far the clocks of pushers may be ahead of ours, milliseconds. */
const aheadMsMax = 60_000;

/** Logs by which a repository is known. */
const knowing: readonly string[] = [...subjectLogs, ...stampedLogs, 'trust.log', 'export.log'];

/** Special remotes that every annex has, though no log names them (spec/special-remotes.md section 6.4). */
const everywhere = ['1', '2'].map((last) => `00000000-0000-0000-0000-00000000000${last}`);

/** What is merged of the push of somebody who may only append. */
export function appendFilter(options: {
  readonly served: ReadonlySet<string>;
  readonly nowMs: number;
}): MakeFilter {
  const { served, nowMs } = options;
  const latest = stampOf(nowMs + aheadMsMax);
  return async ({ ours, theirs }) => {
    const known = new Set([...served, ...everywhere]);
    for (const path of knowing) {
      for (const word of ((await ours(path)) ?? '').split(/[\s:]+/)) known.add(word);
    }
    const newcomers = newcomersIn((await theirs('uuid.log')) ?? '', known);
    const groups = await groupsOf(served, ours);
    const remoteNames = namesIn((await ours('remote.log')) ?? '');
    return filterFor({ served, newcomers, groups, remoteNames, latest });
  };
}

/** Logs of expressions, which may name groups. */
const expressionLogs = [
  'preferred-content.log',
  'required-content.log',
  'group-preferred-content.log',
];

/** The groups that what is served is in, and those that some expression of the annex asks about. */
async function groupsOf(
  served: ReadonlySet<string>,
  ours: (path: string) => Promise<string | undefined>,
): Promise<ReadonlySet<string>> {
  const groups = new Set<string>();
  for (const [uuid, own] of parseGroupLog((await ours('group.log')) ?? '')) {
    if (served.has(uuid)) for (const group of own) groups.add(group);
  }
  for (const path of expressionLogs) {
    const text = (await ours(path)) ?? '';
    addGroups(text, groups);
    if (/\bstandard\b/i.test(text)) {
      for (const standard of standardGroups.values()) addGroups(standard, groups);
    }
  }
  return groups;
}

function addGroups(expressions: string, groups: Set<string>): void {
  for (const [, group = ''] of expressions.matchAll(/[a-z]=([^\s:()]+)/gi)) groups.add(group);
}

/** The names by which `git annex enableremote` knows special remotes, in lower case. */
function namesIn(remoteLog: string): ReadonlySet<string> {
  return new Set(remoteLog.split('\n').flatMap((line) => namesOfRemote(remoteSettings(line))));
}

/** The repositories that a push describes and that nobody knew before. */
export function newcomersIn(uuidLog: string, known: ReadonlySet<string>): ReadonlySet<string> {
  const subjects = uuidLog.split('\n').flatMap((line) => /^(\S+) \S/.exec(line)?.[1] ?? []);
  return new Set(subjects.filter((uuid) => isUuid(uuid) && !known.has(uuid)));
}

/** A filter that keeps what both have, and of the rest what may come in. */
export function filterFor(facts: PushFacts): MergeFilter {
  return {
    admitted: ({ path, ours, theirs }, tally: MergeTally) => {
      const have = new Set(ours.split('\n'));
      // Once a log, however many lines come.
      let read: ReadonlySet<string> | undefined;
      const present = (): ReadonlySet<string> => (read ??= new Set(presentIn(ours)));
      const kept: string[] = [];
      const lines = theirs.split('\n');
      for (const line of lines) {
        const reason =
          line === '' || have.has(line) ? undefined : refusalOfLine({ path, present }, line, facts);
        if (reason === undefined) kept.push(line);
        else tally.leaveOut({ path, line, reason });
      }
      if (kept.length === lines.length) return theirs;
      const text = kept.filter((line) => line !== '').join('\n');
      return text === '' ? '' : `${text}\n`;
    },
  };
}
