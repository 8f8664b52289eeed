/** `repair`: what a cluster's gateway does to have the nodes keep what they want. */
import { describe, expect, test } from 'vitest';
import { logOf, run } from './runner.ts';

const network = [
  'init client\ninit gate\ninit a\ninit b\ninit c',
  'connect client -> gate -> a\nconnect gate -> b\nconnect gate -> c',
  'cluster pool gate a b c\n',
].join('\n');

const wants = (expression: string): string =>
  ['a', 'b', 'c'].map((node) => `group ${node} g\nwanted ${node} ${expression}\n`).join('');

/** What came to nodes and went by a last command, by the log. */
function moved(lines: string, last = 'repair pool\n'): readonly string[] {
  const before = run(network + lines);
  expect(before.end).toEqual({ kind: 'done' });
  const { simulation, end } = run(network + lines + last);
  expect(end).toEqual({ kind: 'done' });
  const all = logOf(simulation).split('\n');
  return all
    .slice(logOf(before.simulation).split('\n').length - 1)
    .filter((line) => /^(?:not)?present /.test(line));
}

const sent = 'add f 1MB client\ncopyto client pool f\n';

describe('repair of a cluster', () => {
  test('has nothing to do after an upload that all nodes took', () => {
    expect(moved(`${wants('balanced=g:2')}${sent}`)).toEqual([]);
  });

  test('makes the copies that an upload has missed, when the node is back', () => {
    const away = ['a', 'b', 'c'].map((node) => `down ${node}\n`).slice(1);
    const lines = `${wants('anything')}${away.join('')}${sent}`;
    expect(moved(lines)).toEqual([]);
    expect(moved(`${lines}up b\n`)).toEqual(['present b f']);
    expect(moved(`${lines}up b\nup c\n`).toSorted()).toEqual(['present b f', 'present c f']);
  });

  test('makes more copies when more are wanted, and empties a node that wants none', () => {
    const two = `${wants('balanced=g:2')}${sent}`;
    expect(moved(`${two}${wants('balanced=g:3')}`)).toHaveLength(1);

    const all = `${wants('anything')}${sent}`;
    expect(moved(`${all}wanted a nothing\n`)).toEqual(['notpresent a f']);
  });

  test('drops no copy that numcopies needs, and no more than may go', () => {
    const all = `${wants('anything')}${sent}`;
    const unwanted = `${all}${wants('nothing')}`;
    expect(moved(`${unwanted}numcopies 2\n`)).toHaveLength(1);
    expect(moved(`${unwanted}numcopies 3\n`)).toEqual([]);
    expect(moved(unwanted)).toHaveLength(2);
  });

  test('rests no drop on copies of special remotes alone, which can keep no lock', () => {
    const special = 'initremote s\nconnect gate -> s\ncluster mixed gate a s\n';
    const lines = `${special}wanted a anything\nwanted s anything\nadd f 1MB client\ncopyto client mixed f\n`;
    const repair = 'repair mixed\n';
    expect(moved(`${lines}wanted a nothing\n`, repair)).toEqual([]);
    expect(moved(`${lines}wanted s nothing\n`, repair)).toEqual(['notpresent s f']);
  });

  test('drops no copy for one that only the log knows of', () => {
    const all = `${wants('anything')}${sent}`;
    expect(moved(`${all}down b\ndown c\nwanted a nothing\n`)).toEqual([]);
  });

  test('drops no copy before those are made that are wanted elsewhere', () => {
    const one = 'wanted a anything\nwanted b nothing\nwanted c nothing\n';
    const lines = `${one}${sent}wanted a nothing\nwanted b anything\n`;
    expect(moved(lines)).toEqual(['present b f', 'notpresent a f']);
    expect(moved(`${lines}down b\n`)).toEqual([]);
  });

  test('takes no node beyond its maxsize', () => {
    const one = 'wanted a anything\nwanted b nothing\nwanted c nothing\n';
    const lines = `${one}${sent}wanted b anything\nmaxsize b 900kB\n`;
    expect(moved(lines)).toEqual([]);
    expect(moved(`${lines}maxsize b 1MB\n`)).toEqual(['present b f']);
  });

  test('leaves a content that would go round in a circle where it is', () => {
    const one = 'wanted a anything\nwanted b nothing\nwanted c nothing\n';
    const groups = 'group b archive\ngroup c nodes\n';
    const lines = `${one}${sent}${groups}wanted c not copies=archive:1\n`;
    expect(moved(`${lines}wanted b copies=nodes:1\n`)).toEqual([]);
    expect(moved(lines)).toEqual(['present c f']);
  });

  test('is asked for a cluster that there is', () => {
    expect(run(`${network}repair gate\n`).end.kind).not.toBe('done');
  });
});
