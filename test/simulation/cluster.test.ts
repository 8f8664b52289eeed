/** Clusters: where `copyto` stores, who knows of it, and what is wrong with it. */
import { describe, expect, test } from 'vitest';
import { loadSimulation } from '../../src/simulation/index.ts';
import { logOf, run, runOn } from './runner.ts';

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
    const before = run(`${network}add f 1MB client\n`).simulation;
    const loaded = loadSimulation(before.save());
    if (loaded.kind === 'problem') throw new Error(loaded.message);

    for (const simulation of [before, loaded.value]) runOn(simulation, 'copyto client pool\n');

    expect(logOf(before)).toMatch(/present a f\n/);
    expect(logOf(loaded.value)).toBe(logOf(before));
  });

  test('has a log that runs to the same log', () => {
    const { simulation } = run(`${network}addmulti 5 .x 1kB 9kB client\ncopyto client pool\n`);

    expect(logOf(run(logOf(simulation)).simulation)).toBe(logOf(simulation));
  });
});
