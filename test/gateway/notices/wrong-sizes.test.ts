import { chmodSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tellWrongSizes } from '../../../src/gateway/notices/wrong-sizes.ts';
import { Notices } from '../../../src/gateway/notices/notices.ts';
import { serializeKey } from '../../../src/key/index.ts';
import { keyOf, sha256Key } from '../../support/objects.ts';
import { ask, get, newContent, postKey, put } from '../annex-requests.ts';
import { contentPath, demoForTests, holders, logged, repositoryOf } from '../served-demo.ts';

const demo = await demoForTests();

function shorten(node: 'node1' | 'gateway', key: ReturnType<typeof keyOf>): void {
  const path = contentPath(repositoryOf(demo.directory, node), key);
  chmodSync(path, 0o644);
  writeFileSync(path, '');
  chmodSync(path, 0o444);
}

describe('a content of another size on a node', () => {
  it('is no copy for anybody, is told, and a put mends it', async () => {
    const { content, key } = newContent();
    await put(demo, 'node1', key, content);
    shorten('node1', key);

    expect(await postKey(demo, 'node1', 'checkpresent', key)).toEqual({ present: false });
    expect(await postKey(demo, 'node1', 'lockcontent', key)).toEqual({ locked: false });
    expect((await get(demo, 'node1', key)).status).toBe(404);
    expect((await get(demo, 'cluster', key)).status).toBe(404);
    const problems = JSON.stringify(await health());
    expect(problems).toContain('node1 has 1 file of another size than the key says');
    expect(problems).toContain(serializeKey(key));

    expect(await put(demo, 'cluster', key, content)).toHaveProperty('stored', true);
    expect((await get(demo, 'cluster', key)).body.equals(content)).toBe(true);
    expect(await put(demo, 'node1', key, content)).toHaveProperty('stored', true);
    expect((await get(demo, 'node1', key)).body.equals(content)).toBe(true);
    expect(holders(demo, key)).toContain('node1');
    expect(logged(demo, key)).toContain('node1');
    expect(JSON.stringify(await health())).not.toContain('another size');
  });

  it("is told of the gateway's own repository, too", async () => {
    const { content, key } = newContent();
    await put(demo, 'gateway', key, content);
    shorten('gateway', key);

    expect(await postKey(demo, 'gateway', 'checkpresent', key)).toEqual({ present: false });
    expect(JSON.stringify(await health())).toContain('the repository has 1 file of another size');
    expect(await postKey(demo, 'gateway', 'remove', key)).toHaveProperty('removed', true);
    expect(JSON.stringify(await health())).not.toContain('another size');
  });

  async function health(): Promise<unknown> {
    const answer: unknown = JSON.parse((await ask(demo, '/healthz')).body.toString());
    return answer;
  }
});

describe('what is told of many', () => {
  it('is told at each doubling, and names no key that may be the name of a file', () => {
    const said: string[] = [];
    const notices = new Notices((text) => said.push(text));
    const [hash, plain] = [sha256Key(Buffer.from('x')), keyOf('WORM-s3-m1--diary')];

    for (let count = 1; count <= 1000; count += 1) {
      tellWrongSizes(notices, 'node1', { count, keys: [hash, plain] });
    }

    expect(said.length).toBe(11);
    expect(said.at(-1)).toContain(`at least 512 files of another size`);
    expect(said.join(' ')).toContain(serializeKey(hash));
    expect(said.join(' ')).not.toContain('diary');
    tellWrongSizes(notices, 'node1', { count: 0, keys: [] });
    expect(notices.all()).toEqual([]);
  });
});
