/**
 * Where the simulator of git-annex differs from a network of real repositories (spec/sim.md section 12;
 * `onesync`, `remoteviews`, `locallock` and `asktrusted` follow from its sections 8, 6 and 7).
 * With all of these a simulation has git-annex's log, byte for byte; with none it does what real
 * repositories would do.
 */
export const oddityDocs = {
  chain: 'In `connect a <-> b <-> c` only the last arrow is mutual: b does not get the remote a.',
  disconnect: 'The last removal of a `disconnect` is forgotten: `disconnect a -> b` does nothing.',
  stepcount: '`step N` makes up to N + 1 transfers and drops.',
  lastundone:
    'When the last candidate of a round is used up, what it did is undone, or not counted as a step.',
  clocktie:
    'What changes twice within one command keeps its first value, though sizes and the log show both.',
  trustlag:
    'Expressions see a trust level only when the level is changed again after actions have run.',
  presentself:
    '`present` is false when a repository judges itself, as imagined repositories have no contents.',
  globprefix: 'Globs are matched against `../../../../FILE`, so that `archive/*` matches nothing.',
  noderemote:
    'A copy that is reached by the name of a cluster node does not count for a drop, unless trusted.',
  staletable:
    'Balanced terms see sizes of a table where repositories stay that have lost all contents.',
  onesync:
    'A network counts as stable after one round of syncs in vain, though views may have more to learn.',
  remoteviews: 'A special remote passes on what it was told of, as if it were a git repository.',
  locallock:
    'Who drops a copy of its own needs copies that are locked, so that special remotes alone do not do.',
  untrusted: 'Copies in untrusted and dead repositories count for a drop.',
  asktrusted:
    'A copy in a trusted repository counts for a drop only while it is there, whatever views say.',
} as const;

/** The name of an oddity. */
export type Oddity = keyof typeof oddityDocs;

/** Which oddities a simulation has. */
export type Oddities = Readonly<Record<Oddity, boolean>>;

/** No oddities, as real repositories would have it: the usual way. */
export const noOddities: Oddities = oddities(() => false);

/** All oddities, as the simulator of git-annex has them. */
export const gitAnnexOddities: Oddities = oddities(() => true);

/** The names of all oddities. */
export const oddityNames: readonly Oddity[] = Object.keys(oddityDocs).filter(isOddity);

/** Whether a text is the name of an oddity. */
export function isOddity(name: string): name is Oddity {
  return Object.hasOwn(oddityDocs, name);
}

function oddities(has: (name: Oddity) => boolean): Oddities {
  return {
    chain: has('chain'),
    disconnect: has('disconnect'),
    stepcount: has('stepcount'),
    lastundone: has('lastundone'),
    clocktie: has('clocktie'),
    trustlag: has('trustlag'),
    presentself: has('presentself'),
    globprefix: has('globprefix'),
    noderemote: has('noderemote'),
    staletable: has('staletable'),
    onesync: has('onesync'),
    remoteviews: has('remoteviews'),
    locallock: has('locallock'),
    untrusted: has('untrusted'),
    asktrusted: has('asktrusted'),
  };
}
