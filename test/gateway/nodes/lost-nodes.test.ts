import { existsSync, renameSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serializeKey, type Key } from '../../../src/key/index.ts';
import {
  answerOf,
  beginPut,
  get,
  newContent,
  post,
  postKey,
  put,
  until,
} from '../annex-requests.ts';
import {
  holders,
  logged,
  namesOf,
  newDemo,
  nodeNames,
  repositoryOf,
  serveDemo,
  type ServedDemo,
} from '../served-demo.ts';

type NodeName = (typeof nodeNames)[number];

let demo: ServedDemo;
const away = new Set<NodeName>();
beforeAll(async () => {
  demo = await serveDemo(await newDemo());
  // Each node is in use before it goes: one that was never opened is another case.
  for (const node of nodeNames) await postKey(demo, node, 'remove', newContent().key);
});
afterAll(() => demo.close());
afterEach(() => {
  for (const name of away) takeBack(name);
});

function takeAway(name: NodeName): void {
  const path = repositoryOf(demo.directory, name);
  renameSync(path, `${path}.away`);
  away.add(name);
}

/** Nothing may have been made meanwhile where the node was. */
function takeBack(name: NodeName): void {
  const path = repositoryOf(demo.directory, name);
  if (existsSync(path)) throw new Error(`${path} was made anew`);
  renameSync(`${path}.away`, path);
  away.delete(name);
}

/** A content on the two nodes of the cluster that it belongs to. */
async function storedOnCluster(): Promise<{ content: Buffer; key: Key; where: NodeName[] }> {
  const { content, key } = newContent();
  await put(demo, 'cluster', key, content);
  const where = nodeNames.filter((name) => holders(demo, key).includes(name));
  return { content, key, where };
}

describe('while a node is gone', () => {
  it.for(nodeNames)('a put goes to the other nodes: without %s', async (gone) => {
    takeAway(gone);
    for (let i = 0; i < 2; i += 1) {
      const { content, key } = newContent();
      const answer = await put(demo, 'cluster', key, content);
      const others = nodeNames.filter((name) => name !== gone);
      expect(answer).toHaveProperty('stored', true);
      expect(holders(demo, key)).toEqual(namesIn(answer));
      expect(logged(demo, key)).toEqual(namesIn(answer));
      expect(others).toEqual(expect.arrayContaining(namesIn(answer)));
    }
  });

  it('what only it may have cannot be known: that is an error and not a no', async () => {
    const { content, key } = newContent();
    await put(demo, 'node2', key, content);
    takeAway('node2');

    expect(await postKey(demo, 'cluster', 'checkpresent', key)).toBe(502);
    expect(await postKey(demo, 'node2', 'checkpresent', key)).toBe(502);
    expect((await get(demo, 'cluster', key)).status).toBe(502);
    expect((await get(demo, 'node2', key)).status).toBe(502);
    expect(await postKey(demo, 'node2', 'putoffset', key)).toBe(502);
    expect(await put(demo, 'node2', key, Buffer.alloc(1000))).toBe(502);
    expect(await postKey(demo, 'node2', 'remove', key)).toBe(502);
    expect(await postKey(demo, 'node2', 'lockcontent', key)).toBe(502);
    expect(await postKey(demo, 'node1', 'checkpresent', key)).toEqual({ present: false });
  });

  it('what nobody is logged to have is not in the cluster, so that clients upload it', async () => {
    const { key } = newContent();
    takeAway('node2');

    expect(await postKey(demo, 'cluster', 'checkpresent', key)).toEqual({ present: false });
    expect((await get(demo, 'cluster', key)).status).toBe(404);
    expect(await postKey(demo, 'cluster', 'putoffset', key)).toEqual({ offset: 0 });
    expect(await postKey(demo, 'node2', 'checkpresent', key)).toBe(502);
  });

  it('a get is answered by another node that has the content', async () => {
    const { content, key, where } = await storedOnCluster();
    const [first = 'node1', second = 'node2'] = where;
    for (const gone of [first, second]) {
      takeAway(gone);
      expect((await get(demo, 'cluster', key)).body.equals(content)).toBe(true);
      expect(await postKey(demo, 'cluster', 'checkpresent', key)).toEqual({ present: true });
      takeBack(gone);
    }
  });

  it('a removal says what was removed, and logs just that', async () => {
    const { key, where } = await storedOnCluster();
    const [gone = 'node1'] = where;
    takeAway(gone);

    const answer = await postKey(demo, 'cluster', 'remove', key);

    expect(answer).toHaveProperty('removed', false);
    expect(namesIn(answer)).toEqual(nodeNames.filter((name) => name !== gone));
    expect(logged(demo, key)).toEqual([gone]);
    takeBack(gone);
    expect(await postKey(demo, 'cluster', 'remove', key)).toHaveProperty('removed', true);
    expect(logged(demo, key)).toEqual([]);
  });

  it('with all nodes gone nothing is stored, and the answer comes', async () => {
    const { content, key } = newContent();
    for (const name of nodeNames) takeAway(name);
    expect(await put(demo, 'cluster', key, content)).toBe(502);
    expect(await postKey(demo, 'cluster', 'putoffset', key)).toBe(502);
    expect(await postKey(demo, 'cluster', 'checkpresent', key)).toBe(502);
    expect(await post(demo, 'cluster', 'gettimestamp')).toHaveProperty('timestamp');
    expect(logged(demo, key)).toEqual([]);
  });
});

describe('when the node is back', () => {
  it('the node works again', async () => {
    const { content, key } = newContent();
    const told = (): string[] => demo.gateway.notices.all().map(({ text }) => text);
    takeAway('node1');
    expect(await put(demo, 'node1', key, content)).toBe(502);
    expect(told()).toContainEqual(expect.stringMatching(/^node node1 cannot be used/));
    takeBack('node1');
    expect(await put(demo, 'node1', key, content)).toHaveProperty('stored', true);
    expect(told()).not.toContainEqual(expect.stringMatching(/^node node1 cannot be used/));
    expect(logged(demo, key)).toEqual(['node1']);
    expect(logged(demo, key, 'node1')).toEqual(['node1']);
  });

  it('one that vanished in the middle of an upload loses its copy, and the other is logged', async () => {
    const { content, key } = newContent(10_000);
    const sent = beginPut(demo, 'cluster', key, { length: content.length });
    sent.write(content.subarray(0, 5000));
    const hasHalf = async (name: NodeName): Promise<boolean> =>
      JSON.stringify(await postKey(demo, name, 'putoffset', key)) === '{"offset":5000}';
    const halves = async (): Promise<NodeName[]> => {
      const has = await Promise.all(nodeNames.map(hasHalf));
      return nodeNames.filter((_name, index) => has[index]);
    };
    await until(async () => (await halves()).length === 2, 'the first half on two nodes');
    const [gone = 'node1', other = 'node2'] = await halves();
    takeAway(gone);
    sent.end(content.subarray(5000));

    const answer: unknown = JSON.parse((await answerOf(sent)).body.toString());
    expect(answer).toEqual({ stored: true, plusuuids: [demo.uuids[other]] });
    expect(logged(demo, key)).toEqual([other]);
    expect(demo.warnings.join('\n')).toContain(`${gone} did not store ${serializeKey(key)}`);
  });
});

function namesIn(answer: unknown): string[] {
  const uuids: unknown =
    typeof answer === 'object' && answer !== null && 'plusuuids' in answer ? answer.plusuuids : [];
  return Array.isArray(uuids) ? namesOf(demo, uuids.map(String)) : [];
}
