/** What a connection that sleeps is woken by, and what it must not be kept from by transfers that broke off. */
import { describe, expect, test } from 'vitest';
import { loadSimulation } from '../../src/simulation/index.ts';
import { changesIn, logOf, run, runOn, type Ran } from './runner.ts';

const pair = 'init a\ninit b\nwanted a anything\nwanted b anything\nconnect a -> b\n';

/** What happened, and when. */
function timesOf({ events }: Ran): readonly string[] {
  return events.map(({ kind, changed, file, ms }) => `${ms} ${kind} ${changed} ${file}`);
}

describe('a connection wakes', () => {
  test.each([
    ['a larger disk', 'disk b 1MB\n', 'disk b 9MB\n'],
    ['metadata', 'wanted b metadata=tag=x\n', 'metadata f tag=x\n'],
    ['another expression', 'wanted b nothing\n', 'wanted b anything\n'],
    ['another groupwanted', 'group b g\nwanted b groupwanted\n', 'groupwanted g anything\n'],
    ['a group', 'wanted b inallgroup=g\ngroup a g\ngroup b g\n', 'ungroup b g\n'],
    ['a maxsize', 'wanted b balanced=g\ngroup b g\nmaxsize b 1MB\n', 'maxsize b 1GB\n'],
    ['a trust level', 'wanted b copies=trusted:1\n', 'trustlevel a trusted\n'],
    ['numcopies', 'wanted b approxlackingcopies=1\n', 'numcopies 2\n'],
    ['one that returns', 'down b\n', 'up b\n'],
    ['the end of a partition', 'partition a | b\n', 'heal\n'],
    ['another file', 'wanted b include=g\naddkey f WORM-s3--k a\n', 'addkey g WORM-s3--k a\n'],
    ['another name', 'wanted b include=x/*\n', 'rename f x/f\n'],
  ])('by %s', (_what, before, change) => {
    const ran = run(`${pair}${before}add f 3MB a\nwaitstable 1h\n`);

    expect(changesIn(ran.log)).toEqual([]);
    expect(ran.simulation.hasFailed).toBe(false);
    runOn(ran.simulation, `${change}waitstable 1h\n`);
    expect(changesIn(logOf(ran.simulation))).toHaveLength(1);
  });

  test('by a copy that it needs for a drop, though no view of its own tells of it', () => {
    const text = [
      'init a\ninit b\ninit c\ninit d\nclusternode n c\nnumcopies 2',
      'wanted a nothing\nwanted b anything\nwanted c anything\nwanted d anything',
      'connect a -> b\nconnect c -> d\nconnect a -> c\nconnect a -> n\nspeed d -> c 100kB/s',
      'add f 60MB a b c d\naction a gitpull c\ndisconnect a -> c\nlose c\nwaitstable 1h\n',
    ].join('\n');

    // What c has lost comes back after ten minutes; a reaches it as n, never heard of it, and sleeps until then.
    expect(changesIn(run(text).log)).toEqual(['present c f', 'notpresent a f']);
  });
});

test('a connection wakes by a disk that was lost, of which nothing but the views tells', () => {
  const { simulation } = run(`${pair}add f 3MB a\nwaitstable 1h\n`);
  runOn(simulation, 'lose b\nwaitstable 1h\n');

  expect(changesIn(logOf(simulation))).toEqual(['present b f', 'present b f']);
});

describe('a network has not settled', () => {
  test('while one is down that returns by chance', () => {
    const text = `${pair}down b\noutages b 2d 1h\nadd f 1B a\nwaitstable 30d\n`;
    const { messages, log } = run(text);

    expect(messages).toEqual([expect.stringMatching(/^Simulation has stabilized/)]);
    expect(changesIn(log)).toEqual(['present b f']);
  });
});

describe('a transfer that breaks off', () => {
  test('leaves other ways taken, also when it would have ended with what is on them', () => {
    const text = [
      'init a\ninit b\ninit c\nwanted a anything\nwanted b anything\nwanted c anything',
      'connect a -> b\nconnect a <-> c',
      'speed a -> b 1MB/s\nspeed a -> c 1MB/s\nsyncevery 1s\nadd f 5MB a',
      'wait 1s\ndown b\nadd g 5MB a\nwait 1m\n',
    ].join('\n');

    // c gets g behind f, on the same way.
    expect(timesOf(run(text))).toEqual(['5002 send c f', '10003 get c g']);
  });

  test('leaves its way to others, and so does what waited behind it', () => {
    const text = [
      `${pair}connect b -> a\nspeed a -> b 1MB/s\nadd f 50MB a\nadd g 50MB a`,
      'wait 1s\ndown b\nwait 1s\nup b\nwait 3m\n',
    ].join('\n');

    // 49 MB and a bit are still to come of the first one, then the second one comes.
    expect(timesOf(run(text)).map((line) => line.slice(0, 2))).toEqual(['51', '10']);
  });

  test('is one to a disk that has become too small for it', () => {
    const text = `${pair}speed a -> b 1MB/s\nadd f 5MB a\ndisk b 6MB\nwait 1s\ndisk b 4MB\n`;
    const ran = run(`${text}wait 1h\n`);

    expect(changesIn(ran.log)).toEqual([]);
    runOn(ran.simulation, 'disk b 5MB\nwait 1h\n');
    expect(changesIn(logOf(ran.simulation))).toEqual(['present b f']);
  });
});

test('transfers that wait for each other for ever can be saved and gone on with', () => {
  const nodes = Array.from({ length: 6 }, (_, number) => `n${number}`);
  const text = [
    'init a\ninit gw\ninit c\nwanted c anything\nwanted a nothing\nspeed a -> gw 1B/s',
    ...nodes.map((node) => `clusternode ${node} c\nvia ${node} gw\nconnect a -> ${node}`),
    ...nodes.map((_, number) => `add ${number} 1YB a`),
    'wait 1m\n',
  ].join('\n');
  const loaded = loadSimulation(run(text).simulation.save());

  expect(loaded.kind === 'value' ? '' : loaded.message).toBe('');
});
