import { describe, expect, test } from 'vitest';
import type { Explanation } from '../../src/placement/index.ts';
import {
  gitAnnexOddities,
  loadSimulation,
  noOddities,
  parseSimulation,
  schedulerNames,
  Simulation,
} from '../../src/simulation/index.ts';
import { parseUuid, type Uuid } from '../../src/units/index.ts';
import { changesIn, logOf, run, runOn } from './runner.ts';

const pair = 'init a\ninit b\nwanted a anything\nwanted b anything\nconnect a <-> b\n';

describe('a simulation', () => {
  test('tells each change before it shows, and why', () => {
    const told: string[] = [];
    const explanations: Explanation[] = [];
    const simulation: Simulation = new Simulation({
      seed: 1n,
      onEvent: (event) => {
        const { kind, repository, remote, changed, file, bytes } = event;
        const isThere = simulation.world.holds(file, { view: changed });
        told.push(`${repository} ${kind} ${remote ?? ''} ${file} ${bytes} ${isThere}`);
        explanations.push(simulation.explain(event));
      },
    });

    runOn(simulation, `${pair}wanted a nothing\nadd f 5kB a\nstepstable 9`);

    expect(told).toEqual(['a send b f 5000 false', 'b drop a f 5000 true']);
    expect(explanations).toMatchObject([
      { question: 'wanted', value: true, tree: { value: true } },
      { question: 'wouldWantIfAbsent', value: false, tree: { value: false } },
    ]);
  });

  test('shows what each repository believes, and what it has', () => {
    const { simulation } = run(`${pair}add f 5kB a\nadd g 6kB a\naction a sendwanted b\n`);
    const { world } = simulation;

    expect([...world.files()]).toEqual(['f', 'g']);
    expect(world.bytes({ view: 'b' })).toBe(11_000n);
    expect(world.bytes({ view: 'b', repository: 'a' })).toBe(0n);
    expect(world.keyCount({ view: 'a', repository: 'b' })).toBe(2);
    expect(world.fileBytes('g')).toBe(6000n);
    expect(world.fileKey('g')).toMatch(/^SHA256E-s6000--[0-9a-f]{64}\.this-is-a-test-key$/);
    expect(world.repositories.map(({ name, remotes }) => `${name} ${remotes.join()}`)).toEqual([
      'a b',
      'b a',
    ]);
  });

  test('sums sizes exactly, however large', () => {
    const sizes = ['9007199254740993B', '4.6PB', '4.6PB', '1QB', '1B', '3B'];
    const lines = sizes.map((size, index) => `add f${index} ${size} a\n`);
    const { simulation } = run(`${pair}${lines.join('')}`);
    const { world } = simulation;
    const sum = [...world.files()].reduce((sum, file) => sum + (world.fileBytes(file) ?? 0n), 0n);

    expect(world.bytes({ view: 'a' })).toBe(sum);
    expect(sum % 10n).not.toBe(0n);
  });

  test('has the place of what is wrong, and keeps what was done before it', () => {
    const { end, log } = run('init a\n\n  wanted   b   anything\ninit c\n');

    expect(end).toMatchObject({
      kind: 'problem',
      problem: { code: 'BS201', line: 3, column: 12, expected: 'one of a' },
    });
    expect(log).toBe('seed 1\ninit a\n\nwanted b anything\n');
  });

  test('refuses an expression that is longer than is read', () => {
    const { end } = run(`init a\nwanted a ${'include=x or '.repeat(30_000)}anything\n`);

    expect(end).toMatchObject({ kind: 'problem', problem: { code: 'BS205' } });
  });

  test.each([noOddities, gitAnnexOddities])(
    'can be left at a pause, and gone on with',
    (oddities) => {
      const { simulation } = run(`${pair}addmulti 40000 .x 1kB 1kB a\n`, { oddities });
      const parsed = parseSimulation('stepstable 100000\n');
      if (parsed.kind === 'problem') throw new Error(parsed.problem.message);
      const turns = simulation.run(parsed.lines);
      const turn = turns.next();
      turns.return({ kind: 'done' });
      const atPause = simulation.world.keyCount({ view: 'b' });

      runOn(simulation, 'stepstable 100000\n');

      expect(turn.value).toEqual({ kind: 'pause' });
      expect(atPause).toBeGreaterThan(0);
      expect(simulation.world.keyCount({ view: 'b' })).toBe(40_000);
      expect(simulation.world.bytes({ view: 'a', repository: 'b' })).toBe(40_000_000n);
      expect(simulation.hasFailed).toBe(false);
    },
  );

  test('goes on without the log of a first command, which is a seed', () => {
    expect(run('seed 5\ninit a\n', { seed: 9n }).log).toBe('seed 5\ninit a\n');
    expect(run('init a\nseed 5\n', { seed: -9n }).log).toBe('seed -9\ninit a\nseed 5\n');
  });

  test.each(schedulerNames)('settles by the scheduler %s, and says so', (scheduler) => {
    const text = `${pair}init c\nconnect b <-> c\nwanted c include=*.x\naddmulti 5 .x 1B 9B a\n`;
    const { messages, log, simulation } = run(`${text}stepstable 99\n`, { scheduler });

    expect(messages).toEqual(['Simulation has stabilized after 10 steps.']);
    expect(changesIn(log)).toHaveLength(10);
    expect(simulation.world.keyCount({ view: 'c' })).toBe(5);
  });

  test('knows when so many steps were just enough', () => {
    const text = `${pair}addmulti 5 .x 1B 9B a\n`;

    expect(run(`${text}stepstable 5`).messages).toEqual([
      'Simulation has stabilized after 5 steps.',
    ]);
    expect(run(`${text}stepstable 4`).messages).toEqual([
      'Simulation failed to stabilize after 4 steps.',
    ]);
  });

  test('drops first by the adversarial scheduler', () => {
    const text = `${pair}init c\nconnect a <-> c\nwanted c nothing\naddmulti 9 .x 1B 1B a\n`;
    const full = `${text}action a sendwanted b\nwanted c anything\nwanted b nothing\nstep 9`;

    const { events } = run(full, { scheduler: 'adversarial' });

    expect(events.slice(9).map(({ kind }) => kind)).toEqual(Array(9).fill('drop'));
  });
});

describe('what is asked of the program around', () => {
  const real = uuidOf('11111111-2222-3333-4444-555555555555');

  test('use: takes a repository with its settings, and again with an empty view', () => {
    const { simulation, end } = run('use x here\naddtree x anything\nuse y here\ninit x2\n', {
      answer: (request) => {
        if (request.kind === 'use') {
          request.reply({
            kind: 'repository',
            repository: {
              uuid: real,
              settings: { groups: ['g'], wanted: 'groupwanted', maxsizeBytes: 7n },
              groupwanted: new Map([['g', 'anything']]),
            },
          });
        }
        if (request.kind === 'addtree') request.reply([{ file: 'd/f', key: 'SHA256E-s5--0a' }]);
      },
    });

    expect(end).toEqual({ kind: 'done' });
    expect(simulation.world.repositories[0]).toMatchObject({
      name: 'y',
      uuid: real,
      groups: ['g'],
      maxsizeBytes: 7n,
    });
    expect(simulation.world.fileKey('d/f')).toBe('SHA256E-s5--0a');
    expect(simulation.world.keyCount({ view: 'x' })).toBe(0);
    expect([...simulation.log()]).toEqual([
      'seed 1',
      'use x here',
      'addtree x anything',
      'use y here',
      'init x2',
    ]);
  });

  test('use: fails with the words of the program around', () => {
    const { end } = run('use x nowhere\n', {
      answer: (request) => {
        if (request.kind !== 'use') return;
        request.reply({ kind: 'unusable', reason: `there is no ${request.words}` });
      },
    });

    expect(end).toMatchObject({
      problem: {
        gitAnnexError:
          'Unable to use a repository "x" in the simulation because there is no nowhere',
      },
    });
  });

  test('visit: is in the log when it was a success, and ends all when not', () => {
    const visited: string[] = [];
    const { end, log, messages } = run('init a\nvisit a\nvisit a true\nvisit a exit 3\ninit b\n', {
      answer: (request) => {
        if (request.kind !== 'visit') return;
        visited.push(request.words.join(' '));
        request.reply(request.words[0] === 'exit' ? 3 : 0);
      },
    });

    expect(visited).toEqual(['', 'true', 'exit 3']);
    expect(end).toEqual({ kind: 'exit', status: 3 });
    expect(messages).toEqual(['Command exit 3 exited nonzero.']);
    expect(log).toBe('seed 1\ninit a\nvisit a true\n');
  });
});

describe('a saved simulation', () => {
  const text = `# saved
${pair}clusternode n b
initremote s
connect a -> s
trustlevel b trusted
group b g
groupwanted g anything
maxsize b 1GB
metadata f x=1
`;

  test.each([
    ['of no use', 'it is not JSON'],
    ['{}', 'format is missing'],
    ['{"format":"ballast simulation 0"}', '"ballast simulation 1" was expected'],
    ['3', 'a saved simulation was expected'],
  ])('is not %s', (bad, message) => {
    expect(loadSimulation(bad)).toMatchObject({
      kind: 'problem',
      message: expect.stringContaining(message),
    });
  });

  test('is refused when its parts do not fit', () => {
    const saved = run(`${pair}add f 1kB a\nstep 5\n`).simulation.save();
    const broken = [
      saved.replace('"fileKeys":[0]', '"fileKeys":[7]'),
      saved.replace('"names":{"a":0', '"names":{"a":9'),
      saved.replace('"commands":[["seed"', '"commands":[["sead"'),
      saved.replace(/"clock":\d+/, '"clock":99999999999'),
    ];

    for (const each of broken) {
      expect(each).not.toBe(saved);
      expect(loadSimulation(each)).toMatchObject({ kind: 'problem' });
    }
  });

  test.each(schedulerNames)('goes on as if it had never ended, by scheduler %s', (scheduler) => {
    const before = text.replace('metadata', 'add f 1kB a\nadd h 2kB a b n\nmetadata');
    const after =
      'addmulti 9 .x 1B 9B a\nstep 7\ntrustlevel b dead\nstepstable 30\naction a sync b\n';
    const options = { scheduler, oddities: gitAnnexOddities };
    const whole = run(before, options).simulation;
    whole.endRun();
    const loaded = loadSimulation(whole.save());
    if (loaded.kind === 'problem') throw new Error(loaded.message);

    const ends = [whole, loaded.value].map((simulation) => runOn(simulation, after));

    expect(ends).toEqual([{ kind: 'done' }, { kind: 'done' }]);
    expect(logOf(loaded.value)).toBe(logOf(whole));
    expect(loaded.value.save()).toBe(whole.save());
  });
});

describe('all interleavings', () => {
  test('of two repositories that want a file are found, and end where it is at both', () => {
    const { simulation, log } = run(`${pair}add f 1kB a\n`);
    const settled: boolean[] = [];
    const explored = simulation.interleavings();
    let turn = explored.next();
    for (; turn.done !== true; turn = explored.next()) {
      if (turn.value.isSettled) settled.push(simulation.world.holds('f', { view: 'b' }));
    }

    expect(turn.value.isComplete).toBe(true);
    expect(settled.length).toBeGreaterThan(0);
    expect(settled).not.toContain(false);
    expect(logOf(simulation)).toBe(log);
    expect(simulation.world.holds('f', { view: 'b' })).toBe(false);
  });

  test('show a loss of copies that expressions allow one after the other, never below numcopies', () => {
    const { simulation } = run(
      'init a\ninit b\ninit c\nconnect a <-> b\nconnect b <-> c\nconnect a <-> c\nadd f 1kB a b c\n',
    );
    let fewest = 3;
    for (const state of simulation.interleavings({ statesMax: 3000 })) {
      expect(state.path.length).toBeGreaterThanOrEqual(0);
      const holders = ['a', 'b', 'c'].filter((view) => simulation.world.holds('f', { view }));
      fewest = Math.min(fewest, holders.length);
    }

    expect(fewest).toBe(1);
  });

  test('pass over what is down, and what a special remote does not pass on', () => {
    const moves = (text: string): readonly string[] => {
      const { simulation } = run(text);
      const kinds = new Set<string>();
      for (const { path } of simulation.interleavings({ movesMax: 3 })) {
        for (const { kind, remote } of path) kinds.add(`${kind} ${remote ?? ''}`);
      }
      return [...kinds].toSorted();
    };
    const remote = 'init a\ninitremote s\nwanted a anything\nconnect a -> s\nadd f 1kB s\n';

    expect(moves(`${pair}add f 1kB a\ndown b\n`)).toEqual([]);
    expect(moves(`${pair}add f 1kB a\npartition a | b\n`)).toEqual([]);
    expect(moves(remote)).toEqual(['drop s', 'get s']);
  });

  test('stop at a limit, and say so', () => {
    const { simulation } = run(`${pair}addmulti 4 .x 1kB 1kB a\n`);
    const explored = simulation.interleavings({ statesMax: 5, movesMax: 3 });
    let turn = explored.next();
    while (turn.done !== true) turn = explored.next();

    expect(turn.value).toEqual({ states: 5, isComplete: false });
  });
});

function uuidOf(text: string): Uuid {
  const uuid = parseUuid(text);
  if (uuid === undefined) throw new Error(`${text} is no UUID`);
  return uuid;
}

describe('metadata', () => {
  // Which of these git-annex's simulator gets was seen there.
  test.each([
    ['a', 'metadata=a=', true],
    ['a', 'metadata=a=?*', false],
    ['a=', 'metadata=a=', true],
    ['a+', 'metadata=a= and metadata=a=v', true],
    ['a-', 'metadata=a=', false],
    ['a-', 'metadata=a=v', true],
    ['a?', 'metadata=a=', false],
    ['A+=w', 'metadata=a=v and metadata=a=w', true],
  ])('after a=v and %j match %j: %j', (change, expression, isWanted) => {
    const { log } = run(
      [
        'init foo\ninit bar\nconnect bar -> foo\nadd f 1MB foo',
        `metadata f a=v\nmetadata f ${change}\nwanted bar ${expression}`,
        'action bar gitpull foo\naction bar getwanted foo\n',
      ].join('\n'),
    );

    expect(changesIn(log)).toEqual(isWanted ? ['present bar f'] : []);
  });
});
