import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serializeKey, type Key } from '../../../src/key/index.ts';
import { git } from '../../support/git-annex.ts';
import { newContent, postKey, put, until } from '../annex-requests.ts';
import {
  logged,
  newDemo,
  nodeNames,
  repositoryOf,
  serveDemo,
  type ServedDemo,
} from '../served-demo.ts';

type NodeName = (typeof nodeNames)[number];

let demo: ServedDemo;
beforeAll(async () => {
  demo = await serveDemo(await newDemo());
});
afterAll(() => demo.close());

function takeAway(...names: readonly NodeName[]): void {
  for (const name of names) {
    const path = repositoryOf(demo.directory, name);
    renameSync(path, `${path}.away`);
  }
}

function takeBack(...names: readonly NodeName[]): void {
  for (const name of names) {
    const path = repositoryOf(demo.directory, name);
    renameSync(`${path}.away`, path);
  }
}

/** What is missing, `NODE KEY` each. */
async function missing(): Promise<string[]> {
  const found: string[] = [];
  for await (const { node, key } of demo.gateway.missing.all()) {
    const name = nodeNames.find((each) => demo.uuids[each] === node) ?? node;
    found.push(`${name} ${serializeKey(key)}`);
  }
  return found;
}

const list = (): string => join(repositoryOf(demo.directory, 'gateway'), 'annex/ballast/missing');
const lines = (): number =>
  existsSync(list()) ? readFileSync(list(), 'utf8').split('\n').length - 1 : 0;

async function problems(): Promise<string[]> {
  const answer: unknown = await (await fetch(`http://127.0.0.1:${demo.port}/healthz`)).json();
  const told =
    typeof answer === 'object' && answer !== null && 'problems' in answer ? answer.problems : [];
  return Array.isArray(told) ? told.map(String) : [];
}

async function metric(): Promise<string> {
  const text = await (await fetch(`http://127.0.0.1:${demo.port}/metrics`)).text();
  const found = text.split('\n').filter((line) => line.startsWith('ballast_missing_copies{'));
  return found.join('\n');
}

async function putSome(count: number): Promise<Key[]> {
  const keys: Key[] = [];
  for (let i = 0; i < count; i += 1) {
    const { content, key } = newContent();
    expect(await put(demo, 'cluster', key, content)).toHaveProperty('stored', true);
    keys.push(key);
  }
  return keys;
}

async function restart(): Promise<void> {
  await demo.close();
  demo = await serveDemo(demo.directory);
}

describe('copies that an upload should have made', () => {
  it('are none when all is well', async () => {
    await putSome(2);
    expect(await missing()).toEqual([]);
    expect(existsSync(list())).toBe(false);
    expect(await metric()).toBe('');
  });

  it('are remembered and told once, however many they are, until the cluster has them no more', async () => {
    takeAway('node1');
    const keys = await putSome(9);
    const lacking = keys.filter((key) => logged(demo, key).length === 1);
    const count = lacking.length;
    expect(count).toBeGreaterThan(0);
    const found = lacking.map((key) => `node1 ${serializeKey(key)}`);
    expect(await missing()).toEqual(found);
    expect(await metric()).toBe(`ballast_missing_copies{node="node1"} ${count}`);
    const away = "node node1 cannot be used: the gateway's log tells why";
    expect(await problems()).toEqual([
      away,
      expect.stringMatching(
        `^copies are missing on node1 since 20..-..-.., as it could not be reached, or did not answer: ${count}$`,
      ),
    ]);
    const told = demo.warnings.filter((text) => text.includes('copies are missing'));
    expect(told).toHaveLength(1);

    await restart();
    expect(await missing()).toEqual(found);
    await until(async () => (await metric()).endsWith(` ${count}`), 'the sums');

    takeBack('node1');
    for (const key of keys) {
      expect(await postKey(demo, 'cluster', 'remove', key)).toHaveProperty('removed', true);
    }
    expect(await missing()).toEqual([]);
    await until(async () => (await metric()) === '', 'the sums of nothing');
    expect(readFileSync(list(), 'utf8')).toBe('');
    const over = demo.warnings.filter((text) => text.startsWith('over: copies are missing'));
    expect(over).toHaveLength(1);
    expect(await problems()).toEqual([]);
  });

  it('are forgotten by whatever way they come', async () => {
    takeAway('node1');
    const contents: { key: Key; content: Buffer }[] = [];
    while (contents.length < 3) {
      const made = newContent();
      await put(demo, 'cluster', made.key, made.content);
      if (logged(demo, made.key).length === 1) contents.push(made);
    }
    takeBack('node1');
    const [one, two, three] = contents;
    if (one === undefined || two === undefined || three === undefined) throw new Error('no keys');
    const nameOf = ({ key }: { key: Key }): string => `node1 ${serializeKey(key)}`;
    expect(await missing()).toEqual([one, two, three].map(nameOf));

    await put(demo, 'node1', one.key, one.content);
    expect(await missing()).toEqual([two, three].map(nameOf));
    await until(() => lines() === 2, 'the list to be made anew');

    // As a merge of the git-annex branch brings it.
    const gateway = repositoryOf(demo.directory, 'gateway');
    git(gateway, 'annex', 'setpresentkey', serializeKey(two.key), demo.uuids.node1, '1');
    await demo.gateway.missing.look();
    expect(await missing()).toEqual([nameOf(three)]);
    expect(lines()).toBe(1);

    // A second put of the whole to the cluster goes where it is missing.
    await put(demo, 'cluster', three.key, three.content);
    expect(logged(demo, three.key)).toHaveLength(2);
    await until(() => lines() === 0, 'the last to be forgotten');
  });
});
