import {
  behindStamp,
  compareStamps,
  firstWord,
  isLocationLogPath,
  parseStamp,
  remoteSettings,
  subjectLogs,
  type TimeStamp,
} from '../../repository/index.ts';
import { isUuid } from '../../units/index.ts';

/** What it takes to judge the lines of a push by somebody who may only append. */
export interface PushFacts {
  /** The gateway's own UUID, those of its nodes and of its clusters: it says itself what these have. */
  readonly served: ReadonlySet<string>;
  /** Repositories that the push describes and that the branch did not know. */
  readonly newcomers: ReadonlySet<string>;
  /** Groups that what is served is in, or asks about: who joins one has others store less, or more. */
  readonly groups: ReadonlySet<string>;
  /** Names of the special remotes that there are, in lower case. */
  readonly remoteNames: ReadonlySet<string>;
  /** No line about what is served is newer: it would win over what the gateway says later. */
  readonly latest: TimeStamp;
}

/** Judges a line: why it is left out, or `undefined`. */
type Judge = (line: string, facts: PushFacts) => string | undefined;

const ofAll = 'it is a setting for all repositories';
const ofAnother = 'it is a setting of a repository that was known before';
const unclear = 'it is no line of such a log';

/**
 * The logs at the top of the branch (spec/git-annex-branch.md section 3.3). A repository that is new
 * may say of itself what it likes, apart from how much others are to trust it, as contents would be
 * dropped elsewhere on its word. What `difference.log` says of one repository makes others refuse to
 * be initialised, so that it counts as a setting for all.
 */
const topLogs: ReadonlyMap<string, Judge> = new Map<string, Judge>([
  ...[...subjectLogs].map((path): [string, Judge] => [path, ofSubject]),
  ['difference.log', () => ofAll],
  ['trust.log', trusting],
  ['remote.log', ofRemote],
  ['group.log', joining],
  ['maxsize.log', (line, facts) => ofSubject(behindStamp(line), facts)],
  ['cluster.log', (line, facts) => ofNewcomers(behindStamp(line).split(' '), facts)],
  ['proxy.log', (line, facts) => ofNewcomers(uuidsIn(behindStamp(line)), facts)],
  ['export.log', (line, facts) => ofNewcomers(firstWord(behindStamp(line)).split(':'), facts)],
]);

/** Logs of a key whose lines name a repository behind their stamp. */
const keyLogs = /\.log\.(?:cnk|rmt|rmet|cid)$/;

/**
 * Why a line may not come into a log of the branch by the push of somebody who may only append;
 * `undefined` when it may (decision "what is pushed is merged"). What takes a copy from a repository
 * that is served here, and what sets something for others, may not. All else may: what is said of
 * copies elsewhere, metadata, urls.
 *
 * @param at.present the repositories that have the key by the branch, where the log is one of locations.
 */
export function refusalOfLine(
  { path, present }: { readonly path: string; readonly present: () => ReadonlySet<string> },
  line: string,
  facts: PushFacts,
): string | undefined {
  if (isLocationLogPath(path)) return ofLocation(line, facts, present);
  if (!path.includes('/')) return (topLogs.get(path) ?? (() => ofAll))(line, facts);
  if (keyLogs.test(path)) {
    const [uuid = ''] = behindStamp(line).split(/[ :]/, 1);
    return facts.served.has(uuid) || /\s/.test(uuid)
      ? 'it is about what is served here'
      : undefined;
  }
  return undefined;
}

function ofLocation(
  line: string,
  { served, latest }: PushFacts,
  present: () => ReadonlySet<string>,
): string | undefined {
  const [, head = '', status, uuid = ''] = /^(\S+) ([01X]) (\S+)$/.exec(line) ?? [];
  const stamp = parseStamp(head);
  if (stamp === undefined || !isUuid(uuid)) return unclear;
  if (!served.has(uuid)) return undefined;
  if (status !== '1') return 'it takes a copy from a repository that is served here';
  if (compareStamps(stamp, latest) > 0) return 'its time is in the future';
  // A copy that is not there would take room, and let others drop theirs.
  return present().has(uuid) ? undefined : 'what is served here says itself what it has';
}

function ofSubject(line: string, { newcomers }: PushFacts): string | undefined {
  if (/[\r\0]/.test(line)) return unclear;
  return newcomers.has(firstWord(line)) ? undefined : ofAnother;
}

function trusting(line: string, facts: PushFacts): string | undefined {
  const refusal = ofSubject(line, facts);
  if (refusal !== undefined) return refusal;
  const isModest = /^\S+ [0?X](?: |$)/.test(line);
  return isModest ? undefined : 'nobody says of himself how much he is to be trusted';
}

/**
 * Nobody has others use a remote that is his, or takes one for another's. Names are never escaped, and words end at
 * a blank here, at any white space for others.
 */
function ofRemote(line: string, facts: PushFacts): string | undefined {
  const refusal = ofSubject(line, facts);
  if (refusal !== undefined) return refusal;
  if (/[^\S ]/.test(line)) return unclear;
  const settings = remoteSettings(line);
  for (const [name, value] of settings) {
    if (name.includes('&')) return unclear;
    if (name === 'autoenable' && value !== 'false') {
      return 'nobody enables a remote in the repositories of others';
    }
    if (name === 'sameas-uuid' && !facts.newcomers.has(value)) return ofAnother;
  }
  const isTaken = namesOfRemote(settings).some((name) => facts.remoteNames.has(name));
  return isTaken ? 'there is a special remote of that name, which others enable by it' : undefined;
}

/** What a line of `remote.log` calls its remote, in lower case. */
export function namesOfRemote(settings: ReadonlyMap<string, string>): string[] {
  return ['name', 'sameas-name'].flatMap((field) => settings.get(field)?.toLowerCase() ?? []);
}

function joining(line: string, facts: PushFacts): string | undefined {
  const refusal = ofSubject(line, facts);
  if (refusal !== undefined) return refusal;
  const isJoined = line
    .split(' ')
    .slice(1)
    .some((word) => facts.groups.has(word));
  return isJoined ? 'it joins a group by which contents are placed here' : undefined;
}

/** Whoever a line names is new: what it joins to them would be a setting of these too. */
function ofNewcomers(named: readonly string[], { newcomers }: PushFacts): string | undefined {
  return named.every((uuid) => newcomers.has(uuid)) ? undefined : ofAnother;
}

/** The UUIDs in a row of `UUID` or `UUID:name`. */
function uuidsIn(words: string): string[] {
  return words.split(' ').map((word) => word.split(':', 1)[0] ?? '');
}
