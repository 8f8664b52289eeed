import { describe, expect, test } from 'vitest';
import { loadSimulation, type SimulationHappening } from '../../src/simulation/index.ts';
import { printDuration, readDuration } from '../../src/simulation/language/duration.ts';
import { paretoBytes, untilNextMs } from '../../src/simulation/time/draws.ts';
import { Randomness } from '../../src/simulation/random/randomness.ts';
import { changesIn, logOf, run, runOn, type Ran } from './runner.ts';

const pair = 'init a\ninit b\nwanted a anything\nwanted b anything\nconnect a -> b\n';

/** What happened, and when. */
function timesOf({ events }: Ran): readonly string[] {
  return events.map(({ kind, changed, file, ms }) => `${ms} ${kind} ${changed} ${file}`);
}

function happeningsOf(text: string): readonly string[] {
  const told: string[] = [];
  const onHappening = (happening: SimulationHappening): void => {
    const { kind, ms } = happening;
    if ('event' in happening) {
      told.push(`${ms} ${kind} ${happening.event.changed} ${happening.bytesLeft}`);
    } else if ('file' in happening) {
      told.push(
        `${ms} ${kind} ${happening.file} ${happening.bytes} ${happening.repositories.join()}`,
      );
    } else if ('repository' in happening) told.push(`${ms} ${kind} ${happening.repository}`);
    else told.push(`${ms} ${kind}`);
  };
  run(text, { onHappening });
  return told;
}

describe('while time passes', () => {
  test('a transfer takes its latency, and its bytes at the speed of the way', () => {
    const ran = run(`${pair}speed a -> b 1MB/s 20ms\nadd f 3MB a\nadd g 1kB a\nwait 1m\n`);

    // 20 ms to fetch and merge, then 20 + 3000 and 20 + 1.
    expect(timesOf(ran)).toEqual(['3040 send b f', '3061 send b g']);
    expect(ran.simulation.ms).toBe(60_000);
  });

  test('what is longer than the wait goes on in the next', () => {
    const ran = run(`${pair}speed a -> b 1MB/s\nadd f 10MB a\nwait 4s\n`);
    expect(timesOf(ran)).toEqual([]);

    runOn(ran.simulation, 'wait 7s\n');

    expect(timesOf(ran)).toEqual(['10002 send b f']);
  });

  test('a way takes one content after the other, ways of their own go at once', () => {
    const text = [
      'init a\ninit b\ninit c\nwanted a anything\nwanted b anything\nwanted c anything',
      'connect a <-> b\nconnect a -> c',
      'speed a <-> b 1MB/s\nspeed a -> c 1MB/s',
      'add f 1MB a\nadd g 1MB a',
      'wait 1m\n',
    ].join('\n');

    // b gets f while a would send it: only one of them does, and then they take turns on the way.
    expect(timesOf(run(text))).toEqual([
      '1002 send b f',
      '1002 send c f',
      '2003 send c g',
      '2003 get b g',
    ]);
  });

  test('rests for a while between rounds, and sleeps when nothing changes', () => {
    const ran = run(`${pair}syncevery 10m\nadd f 1B a\nwait 1m\nadd g 1B a\nwait 1h\nadd h 1B a\n`);
    runOn(ran.simulation, 'wait 1m\n');

    // The first round ends at 2 ms; the next may begin ten minutes later, and finds g.
    expect(timesOf(ran)).toEqual(['2 send b f', '600004 send b g', '3660002 send b h']);
  });

  test('a view learns of what others did when it is merged', () => {
    const text = `${pair}init c\nconnect b -> c\nwanted c anything\nadd f 1B a\nwait 1h\n`;
    const { world } = run(text).simulation;

    expect(world.holds('f', { view: 'c' })).toBe(true);
    expect(world.holds('f', { view: 'a', repository: 'c' })).toBe(true);
  });

  test('settles, and says how long something was done', () => {
    const text = `${pair}speed a -> b 1MB/s\nadd f 3MB a\n`;

    expect(run(`${text}waitstable 1h\n`).messages).toEqual([
      'Simulation has stabilized after 3s2ms.',
    ]);
    const { messages, simulation } = run(`${text}waitstable 2s\n`);
    expect(messages).toEqual(['Simulation failed to stabilize within 2s.']);
    expect(simulation.hasFailed).toBe(true);
  });

  test('does not settle while files arrive', () => {
    const text = `${pair}arrivals .x 1B 1B steady 10m a\nwaitstable 1h\nendarrivals .x\nwaitstable 1h\n`;
    const { messages, events } = run(text);

    expect(messages).toEqual([
      'Simulation failed to stabilize within 1h.',
      'Simulation has stabilized after 2ms.',
    ]);
    expect(events).toHaveLength(6);
  });

  test('is at its end after a hundred thousand years', () => {
    const text = Array.from({ length: 143 }, () => 'wait 1000y\n').join('');

    expect(run(`init a\n${text}`).end).toMatchObject({
      kind: 'problem',
      problem: { code: 'BS106', line: 144 },
    });
  });
});

describe('what is down', () => {
  const slow = `${pair}speed a -> b 1MB/s\nadd f 10MB a\nwait 4s\n`;

  test('breaks transfers off, of which a later try brings the rest', () => {
    const told = happeningsOf(`${slow}down b\nwait 1m\nup b\nwait 1m\n`);

    expect(told).toEqual([
      '1 begins b 10000000',
      '4000 breaksOff b 6002000',
      '64000 settled',
      '64001 begins b 6002000',
    ]);
    const ran = run(`${slow}down b\nwait 1m\nup b\nwait 1m\n`);
    expect(timesOf(ran)).toEqual(['70004 send b f']);
  });

  test('loses what came in part when its disk is lost', () => {
    const told = happeningsOf(`${slow}lose b\nwait 2m\n`);

    expect(told).toEqual([
      '1 begins b 10000000',
      '4000 breaksOff b 10000000',
      '64001 begins b 10000000',
    ]);
  });

  test('is passed over in steps, and counts for no drop', () => {
    const text = `${pair}init c\nconnect a <-> c\nadd f 1B a b\nadd g 1B a\naction a gitpull b\n`;
    const { log } = run(`${text}wanted a nothing\ndown b\nstep 9\naction c sync a\nup b\nstep 9\n`);

    expect(changesIn(log)).toEqual(['present b g']);
    const dropping = `${text}connect c -> a\naction c gitpull a\nwanted a nothing\n`;
    expect(changesIn(run(`${dropping}connect c -> b\naction c dropunwantedfrom a\n`).log)).toEqual([
      'notpresent a f',
    ]);
    expect(
      changesIn(run(`${dropping}connect c -> b\ndown b\naction c dropunwantedfrom a\n`).log),
    ).toEqual([]);
  });

  test('fails and returns by chance, as often as was said', () => {
    const told = happeningsOf(`${pair}outages b 5h 1h\nwait 1y\n`);
    const fails = told.filter((line) => line.includes('fails')).length;

    // 1460 in the mean, with a deviation below 40.
    expect(fails).toBeGreaterThan(1300);
    expect(fails).toBeLessThan(1620);
    expect(told.filter((line) => line.includes('returns')).length).toBeGreaterThanOrEqual(
      fails - 1,
    );
  });

  test('loses all that it had, which others learn when they are told', () => {
    const { simulation, log } = run(`${pair}add f 1B a b\naction a gitpull b\nlose b\n`);

    expect(simulation.world.holds('f', { view: 'b' })).toBe(false);
    expect(simulation.world.holds('f', { view: 'a', repository: 'b' })).toBe(true);
    expect(changesIn(log)).toEqual([]);
    runOn(simulation, 'action a gitpull b\naction a sendwanted b\n');
    expect(changesIn(logOf(simulation))).toEqual(['present b f']);
  });
});

describe('a partition', () => {
  const clusters = [
    'init alice\ninit bob\ninit east\ninit west\ninitremote disk1\ninitremote disk2',
    'connect east -> disk1\nconnect east -> disk2\nconnect west -> disk1\nconnect west -> disk2',
    'connect alice -> east <-> west <- bob',
    'clusternode e-disk1 disk1\nclusternode e-disk2 disk2',
    'clusternode w-disk1 disk1\nclusternode w-disk2 disk2',
    'via e-disk1 east\nvia e-disk2 east\nvia w-disk1 west\nvia w-disk2 west',
    'connect alice -> e-disk1\nconnect alice -> e-disk2',
    'connect bob -> w-disk1\nconnect bob -> w-disk2',
    'group disk1 disks\ngroup disk2 disks',
    'wanted disk1 balanced=disks\nwanted disk2 balanced=disks\nwanted alice nothing',
    'wanted east nothing\nwanted west nothing\nwanted bob nothing\n',
  ].join('\n');

  test('of two gateways: clients of both go on storing, and all know of all when it is healed', () => {
    const text = [
      clusters,
      'partition east alice | west bob',
      'addmulti 10 .a 1MB 9MB alice\naddmulti 10 .b 1MB 9MB bob',
      'waitstable 1d\n',
    ].join('\n');
    const { simulation, messages } = run(text);
    const { world } = simulation;
    const held = (view: string): number =>
      world.keyCount({ view, repository: 'disk1' }) + world.keyCount({ view, repository: 'disk2' });
    const real = world.keyCount({ view: 'disk1' }) + world.keyCount({ view: 'disk2' });

    expect(messages[0]).toMatch(/^Simulation has stabilized/);
    expect([real, held('east'), held('west')]).toEqual([20, 10, 10]);
    runOn(simulation, 'heal\nwaitstable 1d\n');
    expect([held('alice'), held('east'), held('west'), held('bob')]).toEqual([20, 20, 20, 20]);
    expect(world.keyCount({ view: 'alice' }) + world.keyCount({ view: 'bob' })).toBe(0);
  });

  test('leaves those it does not name on all sides, and ends with heal', () => {
    const text = `${pair}init c\nwanted c anything\nconnect a <-> c <-> b\nadd f 1B a\n`;

    expect(changesIn(run(`${text}partition a | b\nwait 2m\n`).log)).toEqual([
      'present c f',
      'present b f',
    ]);
    expect(changesIn(run(`${text}partition a | b | c\nwait 2m\n`).log)).toEqual([]);
    expect(changesIn(run(`${text}partition a | b c\nheal\nwait 2m\n`).log)).toHaveLength(2);
  });

  test.each(['partition a b | c a', 'speed a <-> a 1MB/s', 'partition n | c'])(
    '%s is refused, as nobody is on both sides',
    (line) => {
      const { end } = run(`init a\ninit b\ninit c\nclusternode n c\n${line}\n`);

      expect(end).toMatchObject({ kind: 'problem', problem: { code: 'BS213', line: 5 } });
    },
  );

  test('takes the gateway with it', () => {
    const text = `${clusters}add f 1MB alice\nspeed alice -> east 1MB/s 5ms\nspeed east -> disk1 2MB/s 7ms\nspeed east -> disk2 2MB/s 7ms\n`;
    const told = run(`${text}wait 1m\n`);

    // One second at the slower of both ways, and the latency of both, after as much to begin with.
    expect(told.events[0]).toMatchObject({ kind: 'send', repository: 'alice', ms: 12 + 1012 });
    expect(run(`${text}down east\nwait 1m\n`).events).toEqual([]);
    expect(run(`${text}partition alice east | disk1 disk2\nwait 1m\n`).events).toEqual([]);
  });
});

describe('a disk', () => {
  test('takes no more than fits, what is on its way counted', () => {
    const text = [
      'init a\ninit b\ninit c\nwanted a include=f\nwanted b exclude=f\nwanted c anything',
      'connect a -> c\nconnect b -> c\ndisk c 5MB',
      'speed a -> c 1MB/s\nspeed b -> c 1MB/s\nadd f 3MB a\nadd g 3MB b\nadd h 2MB b',
      'wait 1h\n',
    ].join('\n');

    expect(changesIn(run(text).log)).toEqual(['present c h', 'present c f']);
  });

  test('that is full refuses files, and says how much fits', () => {
    const { end } = run('init a\ndisk a 5MB\nadd f 3MB a\nadd g 2.5MB a\n');

    expect(end).toMatchObject({
      kind: 'problem',
      problem: { code: 'BS210', line: 4, column: 13, expected: 'no more than 2.0MB' },
    });
  });

  test('that is full turns files away that arrive', () => {
    const told = happeningsOf('init a\ndisk a 5MB\narrivals .x 2MB 2MB steady 1h a\nwait 3h\n');

    expect(told).toEqual([
      '3600000 arrives 1.x 2000000 a',
      '7200000 arrives 2.x 2000000 a',
      '10800000 isTurnedAway 3.x 2000000 a',
    ]);
  });
});

describe('files', () => {
  test('arrive by chance, as often and as large as was said', () => {
    const sizes: number[] = [];
    const onHappening = (happening: SimulationHappening): void => {
      if (happening.kind === 'arrives') sizes.push(Number(happening.bytes));
    };
    const text = 'init a\narrivals .x 1MB 100MB pareto 10m a\nwait 100d\nendarrivals .x\nwait 1d\n';
    const { log } = run(text, { onHappening });

    // 14,400 in the mean, with a deviation of 120; half of them below 2 MB, nearly.
    expect(Math.abs(sizes.length - 14_400)).toBeLessThan(500);
    const small = sizes.filter((bytes) => bytes < 1_980_198).length;
    expect(Math.abs(small / sizes.length - 0.5)).toBeLessThan(0.02);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(1_000_000);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100_000_000);
    expect(changesIn(log)).toHaveLength(sizes.length);
  });

  test('that arrive take no name that is taken', () => {
    const { log } = run('init a\nadd 1.x 1B a\narrivals .x 1B 1B steady 1h a\nwait 2h\n');

    expect(changesIn(log)).toEqual(['present a 2.x', 'present a 3.x']);
  });

  test('are wanted by another name once they are renamed', () => {
    const text = `${pair}wanted b include=old/*\nadd f 1B a\nwait 1m\nrename f old/f\nwait 5m\n`;

    expect(changesIn(run(text).log)).toEqual(['present b old/f']);
    expect(run(`${pair}add f 1B a\nadd g 1B a\nrename f g\n`).end).toMatchObject({
      problem: { code: 'BS209', column: 10 },
    });
  });

  test('that are removed go nowhere, and their contents stay', () => {
    const { simulation, log } = run(`${pair}add f 1B a\nremove f\nwait 1m\n`);

    expect(changesIn(log)).toEqual([]);
    expect(simulation.world.fileCount).toBe(0);
    expect(simulation.world.keyCount({ view: 'a' })).toBe(1);
    expect(run('remove f\n').end).toMatchObject({ problem: { code: 'BS206' } });
  });

  test('that get another content while theirs is on its way do not get it with it', () => {
    const text = `${pair}speed a -> b 1MB/s\nadd f 5MB a\nwait 1s\nadd f 3MB a\n`;
    const { simulation, log } = run(`${text}wait 5s\n`);

    expect(simulation.world.bytes({ view: 'b' })).toBe(5_000_000n);
    expect(changesIn(log)).toEqual([]);
    runOn(simulation, 'wait 5m\n');
    expect(changesIn(logOf(simulation))).toEqual(['present b f']);
  });

  test('keep the keys that they were added with', () => {
    const { simulation } = run('init a\naddkey f WORM-s5-m1--name a\n');

    expect(simulation.world.fileKey('f')).toBe('WORM-s5-m1--name');
    expect(simulation.world.bytes({ view: 'a' })).toBe(5n);
  });
});

test('chance is as the law has it: means, and shares', () => {
  const randomness = new Randomness(3n);
  const draws = Array.from({ length: 20_000 }, () => untilNextMs(1000, randomness));
  const mean = draws.reduce((sum, ms) => sum + ms, 0) / draws.length;
  const late = draws.filter((ms) => ms > 2000).length / draws.length;
  const sizes = Array.from({ length: 20_000 }, () => paretoBytes(10, 1000, randomness));

  expect(Math.abs(mean - 1000)).toBeLessThan(30);
  expect(Math.abs(late - Math.exp(-2))).toBeLessThan(0.01);
  expect(Math.abs(sizes.filter((bytes) => bytes < 20).length / 20_000 - 0.505)).toBeLessThan(0.015);
});

test.each([
  ['1h30m', 5_400_000],
  ['0.5s', 500],
  ['20ms', 20],
  ['2y', 63_072_000_000],
  ['0s', 0],
])('%s is %d ms', (text, ms) => {
  expect(readDuration(text)).toBe(ms);
});

test.each(['', '5', 'h', '1h 2m', '-1s', '1w', '1001y', '1e3s', 'ms'])(
  '%j is no duration',
  (text) => {
    expect(readDuration(text)).toBeUndefined();
  },
);

test('durations are printed in whole units', () => {
  expect([0, 90_061_001, 86_400_000].map(printDuration)).toEqual(['0s', '1d1h1m1s1ms', '1d']);
});

test('a state without a time is one of before there was any', () => {
  const { simulation } = run(`${pair}add f 1B a\n`);
  const saved = simulation.save();
  const before = saved.replace(/"time":\{.*\},"history"/, '"history"');
  const loaded = loadSimulation(before);

  expect(before).not.toBe(saved);
  expect(loaded.isRead && loaded.value.ms).toBe(0);
});

test('a state in which more files came than can be counted is refused', () => {
  const saved = run('init a\narrivals .x 1B 1B 1m a\n').simulation.save();
  const damaged = saved.replace('"count":0', `"count":${Number.MAX_SAFE_INTEGER}`);
  const loaded = loadSimulation(damaged);

  expect(damaged).not.toBe(saved);
  expect(loaded.isRead ? '' : loaded.message).toMatch(
    /streams\[0\]\.count is \d+, where a whole number from 0 to/,
  );
});
