import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { oddityDocs, oddityNames, type Oddity } from '../../src/simulation/index.ts';
import { changesIn, only, run } from './runner.ts';

const settled = (steps: number): string => `Simulation has stabilized after ${steps} steps.`;

/** A scenario in which one oddity shows, and what comes of it in either way. */
interface Shown {
  readonly oddity: Oddity;
  /** Why real repositories do it otherwise. */
  readonly reason: string;
  readonly sim: string;
  readonly odd: readonly string[];
  readonly real: readonly string[];
}

const shown: readonly Shown[] = [
  {
    oddity: 'chain',
    reason: 'whoever writes a <-> b connects both ways, whatever follows',
    sim: `
      init a
      init b
      init c
      wanted b anything
      connect a <-> b <-> c
      add f 1mb a
      action a gitpush b
      action b getwanted a`,
    odd: ['b has no remote "a"'],
    real: ['present b f'],
  },
  {
    oddity: 'disconnect',
    reason: 'a remote that was removed is gone',
    sim: `
      init a
      init b
      wanted b anything
      connect a -> b
      disconnect a -> b
      add f 1mb a
      step 5`,
    odd: ['present b f', settled(1)],
    real: [settled(0)],
  },
  {
    oddity: 'stepcount',
    reason: 'a step is one transfer or drop',
    sim: `
      init a
      init b
      wanted a anything
      wanted b anything
      connect a -> b
      addmulti 3 .x 1mb 1mb a
      step 1`,
    odd: ['present b 1.x', 'present b 2.x'],
    real: ['present b 1.x'],
  },
  {
    oddity: 'lastundone',
    reason: 'what was transferred stays so',
    sim: `
      seed 27
      init a
      init b
      wanted a anything
      wanted b anything
      connect a -> b
      addmulti 2 .x 1mb 1mb a
      stepstable 9`,
    odd: ['present b 2.x', 'present b 1.x', settled(1)],
    real: ['present b 2.x', 'present b 1.x', settled(2)],
  },
  {
    oddity: 'clocktie',
    reason: 'the later of two changes wins, however little later',
    sim: `
      seed 2
      init a
      init b
      init c
      clusternode n b
      connect a -> n
      connect c -> n
      group c other
      wanted a anything
      wanted b not copies=other:1
      wanted c anything
      add f 1mb a c
      action a sendwanted n while action c dropunwantedfrom n
      step 1`,
    odd: ['present n f', 'notpresent n f', 'notpresent n f'],
    real: ['present n f', 'notpresent n f', 'present n f'],
  },
  {
    oddity: 'trustlag',
    reason: 'a level counts from the moment it is set and merged',
    sim: `
      init a
      init b
      wanted a anything
      wanted b not copies=trusted:1
      connect a -> b
      add f 1mb a
      action a dropunwanted
      trustlevel a trusted
      action a sendwanted b`,
    odd: ['present b f'],
    real: [],
  },
  {
    oddity: 'presentself',
    reason: 'a real repository has the contents it says it has',
    sim: `
      init a
      init b
      wanted a present
      wanted b anything
      connect a <-> b
      add f 1mb a b
      action a gitpull b
      action a dropunwanted`,
    odd: ['notpresent a f'],
    real: [],
  },
  {
    oddity: 'globprefix',
    reason: 'globs are matched against the name of the file from the top of the repository',
    sim: `
      init a
      init b
      wanted a anything
      wanted b include=archive/*
      connect a -> b
      add archive/f 1mb a
      action a sendwanted b`,
    odd: [],
    real: ['present b archive/f'],
  },
  {
    oddity: 'noderemote',
    reason: 'a node is a remote like any other, and its copy can be locked',
    sim: `
      init a
      init b
      clusternode n b
      wanted a nothing
      wanted b anything
      connect a -> n
      add f 1mb a
      action a sendwanted n
      action a dropunwanted`,
    odd: ['present n f'],
    real: ['present n f', 'notpresent a f'],
  },
  {
    oddity: 'staletable',
    reason: 'a repository that has lost everything has room again',
    sim: `
      init a
      init b
      connect a <-> b
      group b g
      maxsize b 5mb
      wanted a anything
      wanted b fullysizebalanced=g
      add f 5mb a
      add h 1mb a
      action a sendwanted b
      wanted b nothing
      action b gitpull a
      action b dropunwanted
      action a gitpull b
      wanted b fullysizebalanced=g
      action a sendwanted b`,
    odd: ['present b f', 'notpresent b f'],
    real: ['present b f', 'notpresent b f', 'present b f'],
  },
  {
    oddity: 'onesync',
    reason: 'repositories go on syncing, and learn what they can get from a cluster node',
    sim: `
      init a
      init b
      init c
      clusternode n c
      connect a <-> b
      connect a <-> c
      connect b -> n
      wanted b anything
      wanted c anything
      add f 1mb c
      stepstable 9`,
    odd: [settled(0)],
    real: ['present b f', settled(1)],
  },
  {
    oddity: 'remoteviews',
    reason: 'a special remote keeps contents, and no git branch',
    sim: `
      init a
      init b
      initremote s
      wanted b anything
      connect a -> s
      connect b -> s
      add f 1mb a
      wanted s anything
      action a push s
      action b pull s`,
    odd: ['present s f', 'present b f'],
    real: ['present s f'],
  },
  {
    oddity: 'locallock',
    reason: 'git-annex drops what a special remote has, while it holds a lock on its own copy',
    sim: `
      init a
      initremote s
      connect a -> s
      wanted a nothing
      wanted s anything
      add f 1mb a
      action a sendwanted s
      action a dropunwanted`,
    odd: ['present s f'],
    real: ['present s f', 'notpresent a f'],
  },
  {
    oddity: 'untrusted',
    reason: 'git-annex does not rely on a repository that is said to lose contents',
    sim: `
      init a
      init b
      wanted a nothing
      wanted b anything
      connect a <-> b
      trustlevel b untrusted
      add f 1mb a b
      action a gitpull b
      action a dropunwanted`,
    odd: ['notpresent a f'],
    real: [],
  },
  {
    oddity: 'asktrusted',
    reason: 'git-annex believes the location log about a trusted repository, and does not ask it',
    sim: `
      init a
      init b
      connect a <-> b
      wanted a anything
      wanted b nothing
      trustlevel b trusted
      add f 1mb a b
      action a gitpull b
      action b gitpull a
      action b dropunwanted
      wanted a nothing
      action a dropunwanted`,
    odd: ['notpresent b f'],
    real: ['notpresent b f', 'notpresent a f'],
  },
];

/** The changes in the log, and what was said. */
function outcome(sim: string, oddity: Oddity | undefined): readonly string[] {
  const text = sim.replace(/\n +/g, '\n').slice(1);
  const options = oddity === undefined ? {} : { oddities: only(oddity) };
  const { log, messages, end } = run(text, options);
  const problem = end.kind === 'problem' ? [end.problem.message] : [];
  return [...changesIn(log), ...messages, ...problem];
}

describe.each(shown)('$oddity', ({ oddity, reason, sim, odd, real }) => {
  test('as git-annex has it', () => {
    expect(outcome(sim, oddity)).toEqual(odd);
  });

  test(`as real repositories have it, since ${reason}`, () => {
    expect(outcome(sim, undefined)).toEqual(real);
  });
});

test('every oddity has its scenario, and a sentence', () => {
  expect(shown.map(({ oddity }) => oddity).toSorted()).toEqual(oddityNames.toSorted());
  expect(Object.keys(oddityDocs)).toEqual(oddityNames);
});

test('the page about the simulator has the sentence of every oddity', () => {
  const page = readFileSync(new URL('../../docs/simulator.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)` +\| (.*?) +\|$/gm)].map(([, name, text]) => [
    name,
    text,
  ]);

  expect(rows).toEqual(Object.entries(oddityDocs));
});
