/** Clusters: where `copyto` stores, who knows of it, and what is wrong with it. */
import { describe, expect, test } from 'vitest';
import { loadSimulation } from '../../src/simulation/index.ts';
import { changesIn, logOf, run, runOn } from './runner.ts';

const network = [
  'init client\ninit gate\ninit a\ninit b\ninit c',
  'connect client -> gate -> a\nconnect gate -> b\nconnect gate -> c',
  'cluster pool gate a b c\n',
].join('\n');

/** Who got what, in order, by the log after some lines. */
function stored(lines: string): readonly string[] {
  const { simulation, end } = run(network + lines);
  expect(end).toEqual({ kind: 'done' });
  return logOf(simulation)
    .split('\n')
    .filter((line) => line.startsWith('present'));
}

describe('a content that is sent to a cluster', () => {
  test('is stored on nodes that want it, each of which sees those before', () => {
    const wants = 'wanted a not copies=1\nwanted b not copies=1\nwanted c nothing\n';
    const [first, ...others] = stored(`${wants}add f 1MB client\ncopyto client pool\n`);

    expect(first).toMatch(/^present [ab] f$/);
    expect(others).toEqual([]);
  });

  test('is stored on all nodes when none wants it', () => {
    const wants = 'wanted a nothing\nwanted b nothing\nwanted c nothing\n';

    expect(stored(`${wants}add f 1MB client\ncopyto client pool f\n`).toSorted()).toEqual([
      'present a f',
      'present b f',
      'present c f',
    ]);
  });

  test.each([
    ['its disk is full', 'disk a 5MB'],
    ['it is down', 'down a'],
    ['it is cut off', 'partition gate | a'],
  ])('goes to no other node when the one that wants it cannot have it: %s', (_, trouble) => {
    const wants = `wanted a anything\nwanted b nothing\nwanted c nothing\n${trouble}\n`;
    expect(stored(`${wants}add f 9MB client\ncopyto client pool f\n`)).toEqual([]);
  });

  test('goes to another node that wants it without the one that is full', () => {
    const wants = ['a', 'b', 'c'].map((node) => `wanted ${node} not copies=1\n`).join('');

    expect(
      stored(`${wants}disk a 5MB\ndisk b 5MB\nadd f 9MB client\ncopyto client pool f\n`),
    ).toEqual(['present c f']);
  });

  test('goes to the cheapest of nodes of which one is enough', () => {
    const wants = ['a', 'b', 'c'].map((node) => `wanted ${node} not copies=1\n`).join('');
    const send = 'add f 1MB client\ncopyto client pool f\n';

    for (const node of ['a', 'b', 'c']) {
      expect(stored(`${wants}nodecost pool ${node} 99\n${send}`)).toEqual([`present ${node} f`]);
      const others = ['a', 'b', 'c'].filter((each) => each !== node);
      const costs = others.map((each) => `nodecost pool ${each} 101\n`).join('');
      expect(stored(`${wants}${costs}${send}`)).toEqual([`present ${node} f`]);
    }
  });

  test('is refused when no node wants it and the cluster is told to', () => {
    const wants = 'wanted a nothing\nwanted b nothing\nwanted c nothing\nunwanted pool refuse\n';

    expect(stored(`${wants}add f 1MB client\ncopyto client pool f\n`)).toEqual([]);
    expect(
      stored(`${wants}unwanted pool store\nadd f 1MB client\ncopyto client pool f\n`),
    ).toHaveLength(3);
  });

  test('leaves in the log of the gateway what turned out not to be there', () => {
    const { simulation } = run(
      `${network}wanted a nothing\nadd f 1MB client a\naction gate gitpull a\nlose a\ncopyto client pool f\n`,
    );
    const isHeld = (view: string): boolean =>
      simulation.world.holds('f', { view, repository: 'a' });

    expect(logOf(simulation)).toMatch(/present b f\n/);
    expect([isHeld('a'), isHeld('gate')]).toEqual([false, true]);
  });

  test('goes by the sizes that the gateway has logged, whatever turned out not to be there', () => {
    const lines = [
      ...['a', 'b'].map((node) => `group ${node} g\nmaxsize ${node} 20MB`),
      'wanted a sizebalanced=g\nwanted b sizebalanced=g\nwanted c nothing',
      'add f 6MB client a\nadd h 3MB b\naction gate gitpull a\naction gate gitpull b\nlose a',
      'copyto client pool f\n',
    ];

    expect(stored(lines.join('\n'))).toEqual(['present b f']);
  });

  test('goes by its metadata, whoever turned out not to have it', () => {
    const wants = ['a', 'b', 'c'].map((node) => `wanted ${node} metadata=tag=${node}\n`).join('');
    const lost = 'add f 1MB client a\nmetadata f tag=c\naction gate gitpull a\nlose a\n';

    expect(stored(`${wants}${lost}copyto client pool f\n`)).toEqual(['present c f']);
  });

  test('is not sent when a node has it, which nobody writes down', () => {
    const { simulation } = run(`${network}add f 1MB client a\ncopyto client pool\n`);

    expect(logOf(simulation)).not.toContain('present');
    expect(simulation.world.holds('f', { view: 'client', repository: 'a' })).toBe(false);
    expect(simulation.world.holds('f', { view: 'gate', repository: 'a' })).toBe(false);
  });

  test('is not sent when a node that is away is logged to have it', () => {
    expect(
      stored('add f 1MB client a\naction gate gitpull a\ndown a\ncopyto client pool f\n'),
    ).toEqual([]);
    expect(stored('add f 1MB client a\ndown a\ncopyto client pool f\n')).not.toEqual([]);
  });

  test.each([
    ['who sends has none', 'add f 1MB a\ncopyto client pool f\n'],
    ['the gateway is down', 'add f 1MB client\ndown gate\ncopyto client pool f\n'],
    ['every node is down', 'add f 1MB client\ndown a\ndown b\ndown c\ncopyto client pool f\n'],
  ])('goes nowhere when %s', (_, lines) => {
    expect(stored(lines)).toEqual([]);
  });

  test('is an event for each node, explained as its gateway saw it', () => {
    const told: string[] = [];
    const { simulation } = run(`${network}wanted a anything\nwanted b nothing\n`, {
      onEvent: (event) => {
        const { value } = simulation.explain(event);
        told.push(`${event.repository} ${event.kind} ${event.changed} ${value}`);
      },
    });
    runOn(simulation, 'wanted c anything\nadd f 1MB client\ncopyto client pool\n');

    expect(told.toSorted()).toEqual(['client send a true', 'client send c true']);
  });
});

describe('a cluster', () => {
  test.each([
    ['cluster a gate b', 'BS202', 'a repository is called "a" already'],
    ['cluster pool gate b', 'BS202', 'a cluster is called "pool" already'],
    ['init pool', 'BS202', 'a cluster is called "pool" already'],
    ['cluster other nobody a', 'BS201', 'no repository is called "nobody"'],
    ['cluster other gate nobody', 'BS201', 'no repository is called "nobody"'],
    ['initremote s\ncluster other s a', 'BS203', 's is a special remote'],
    ['copyto client other', 'BS214', 'no cluster is called "other"'],
    ['nodecost other a 50', 'BS214', 'no cluster is called "other"'],
    ['unwanted other refuse', 'BS214', 'no cluster is called "other"'],
    ['nodecost pool gate 50', 'BS215', '"gate" is no node of "pool"'],
    ['nodecost pool nobody 50', 'BS215', '"nobody" is no node of "pool"'],
    ['copyto nobody pool', 'BS201', 'no repository is called "nobody"'],
    ['copyto client pool nofile', 'BS206', 'the simulation has no file "nofile"'],
    ['copyto a pool', 'BS204', 'a has no remote "gate"'],
  ])('is refused by %j', (lines, code, message) => {
    const { end } = run(`${network}${lines}\n`);

    expect(end).toMatchObject({
      kind: 'problem',
      problem: { code, message: expect.stringContaining(message) },
    });
  });

  test('is there again in a simulation that was saved', () => {
    const wants = ['a', 'b', 'c']
      .map((node) => `wanted ${node} smallerthan=2MB and not copies=1\n`)
      .join('');
    const settings = 'nodecost pool b 50\nnodecost pool c 99\nunwanted pool refuse\n';
    const { simulation: before } = run(
      `${network}${wants}${settings}add f 1MB client\nadd g 3MB client\n`,
    );
    const loaded = loadSimulation(before.save());
    if (loaded.kind === 'problem') throw new Error(loaded.message);

    for (const simulation of [before, loaded.value]) runOn(simulation, 'copyto client pool\n');

    expect(changesIn(logOf(before))).toEqual(['present b f']);
    expect(logOf(loaded.value)).toBe(logOf(before));
  });

  test('has a log that runs to the same log', () => {
    const { simulation } = run(`${network}addmulti 5 .x 1kB 9kB client\ncopyto client pool\n`);

    expect(logOf(run(logOf(simulation)).simulation)).toBe(logOf(simulation));
  });
});
