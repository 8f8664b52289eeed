import { uptime } from 'node:os';
import { describe, expect, it } from 'vitest';
import { serializeKey } from '../../../src/key/index.ts';
import { git, hasGitAnnex } from '../../support/git-annex.ts';
import { whereisWhileServed } from '../../support/branch.ts';
import { ask, get, newContent, pathOf, post, postKey, put } from '../annex-requests.ts';
import { demoForTests, holders, logged, namesOf, nodeNames, repositoryOf } from '../served-demo.ts';

const demo = await demoForTests();

const removed = { removed: true, plusuuids: [] };
const notRemoved = { removed: false, plusuuids: [] };

function secondsOf(answer: unknown): number {
  const isThere = typeof answer === 'object' && answer !== null && 'timestamp' in answer;
  return isThere ? Number(answer.timestamp) : Number.NaN;
}

describe('removal', () => {
  it('of what a node has, and of what it never had, succeeds and is logged', async () => {
    const { content, key } = newContent();
    await put(demo, 'node1', key, content);
    expect(logged(demo, key)).toEqual(['node1']);

    expect(await postKey(demo, 'node1', 'remove', key)).toEqual(removed);
    expect(await postKey(demo, 'node2', 'remove', key)).toEqual(removed);

    expect(holders(demo, key)).toEqual([]);
    expect(logged(demo, key)).toEqual([]);
    expect(logged(demo, key, 'node1')).toEqual([]);
    expect(await postKey(demo, 'node1', 'checkpresent', key)).toEqual({ present: false });
  });

  it('from the cluster is from every node, and leaves the gateway its own copy', async () => {
    const { content, key } = newContent();
    await put(demo, 'cluster', key, content);
    await put(demo, 'gateway', key, content);

    const answer = await postKey(demo, 'cluster', 'remove', key);

    expect(answer).toHaveProperty('removed', true);
    const nodes = nodeNames.map((name) => demo.uuids[name]).sort();
    expect(answer).toHaveProperty('plusuuids', expect.arrayContaining(nodes));
    expect(holders(demo, key)).toEqual(['gateway']);
    expect(logged(demo, key)).toEqual(['gateway']);
    expect(await postKey(demo, 'cluster', 'checkpresent', key)).toEqual({ present: false });
  });

  it.for(['node1', 'cluster'] as const)(
    'before a time works before that time only: %s',
    async (server) => {
      const { content, key } = newContent();
      await put(demo, server, key, content);
      const now = secondsOf(await post(demo, server, 'gettimestamp'));
      expect(Math.abs(now - uptime())).toBeLessThan(5);

      for (const timestamp of [now, now - 100, -1]) {
        expect(await postKey(demo, server, 'remove-before', key, { timestamp })).toMatchObject({
          removed: false,
        });
      }
      expect(holders(demo, key)).not.toEqual([]);
      const timestamp = now + 100;
      expect(await postKey(demo, server, 'remove-before', key, { timestamp })).toMatchObject({
        removed: true,
      });
      expect(holders(demo, key)).toEqual([]);
      expect(logged(demo, key)).toEqual([]);
    },
  );

  it('before a time that is past is true of what is absent', async () => {
    const { key } = newContent();
    const answer = await postKey(demo, 'node1', 'remove-before', key, { timestamp: 0 });
    expect(answer).toEqual(removed);
    expect(answer).not.toEqual(notRemoved);
  });

  it('ten at once are all true', async () => {
    const { content, key } = newContent();
    await put(demo, 'cluster', key, content);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => postKey(demo, 'cluster', 'remove', key)),
    );
    for (const answer of answers) expect(answer).toHaveProperty('removed', true);
  });
});

describe('what is absent', () => {
  it.for(['gateway', 'cluster', 'node1'] as const)(
    'is not found at %s, nor its head',
    async (server) => {
      const { key } = newContent();
      expect((await get(demo, server, key)).status).toBe(404);
      const path = `/git-annex/${demo.uuids[server]}/key/${serializeKey(key)}`;
      for (const method of ['GET', 'HEAD']) {
        expect(await ask(demo, path, { method })).toMatchObject({
          status: 404,
          body: Buffer.alloc(0),
        });
      }
      expect(await postKey(demo, server, 'checkpresent', key)).toEqual({ present: false });
      expect(await postKey(demo, server, 'putoffset', key)).toEqual({ offset: 0 });
    },
  );
});

describe('UUIDs', () => {
  it('that nobody serves are not found, after parameters are judged and with any body', async () => {
    const { key } = newContent();
    const unknown = '11111111-1111-4111-8111-111111111111';
    const upper = demo.uuids.node1.toUpperCase();
    for (const uuid of [unknown, upper, 'x']) {
      const path = `/git-annex/${uuid}/v4/put?clientuuid=me&key=${serializeKey(key)}`;
      const headers = { 'X-git-annex-data-length': '2000000' };
      const how = { method: 'POST', headers, body: Buffer.alloc(2_000_000) };
      expect(await ask(demo, path, how)).toMatchObject({ status: 404, body: Buffer.alloc(0) });
      expect(await ask(demo, path.replace('clientuuid', 'other'), how)).toMatchObject({
        status: 400,
      });
    }
  });

  it('that the branch says are served and the git config does not are refused by name', async () => {
    const { key } = newContent();
    const config = repositoryOf(demo.directory, 'gateway');
    git(config, 'config', '--unset', 'remote.node3.annex-cluster-node');
    try {
      const answer = await ask(
        demo,
        pathOf(demo, 'node3', 'checkpresent', { key: serializeKey(key) }),
        {
          method: 'POST',
        },
      );
      expect(answer.status).toBe(502);
      expect(answer.body.toString()).toBe('not configured to proxy for repository node3');
      expect(await postKey(demo, 'node1', 'checkpresent', key)).toEqual({ present: false });
      git(config, 'config', 'remote.node3.annex-proxy', 'true');
      expect(await postKey(demo, 'node3', 'checkpresent', key)).toEqual({ present: false });
    } finally {
      git(config, 'config', '--unset-all', 'remote.node3.annex-proxy');
      git(config, 'config', 'remote.node3.annex-cluster-node', 'cluster');
    }
  });
});

describe('a cluster that is told to refuse what no node wants', () => {
  it('refuses it with the reason, before it reads the body, and stores nothing', async () => {
    const config = repositoryOf(demo.directory, 'gateway');
    git(config, 'config', 'annex.cluster.cluster.unwanted', 'refuse');
    const { content, key } = newContent();
    const tooLarge = { ...key, sizeBytes: 30_000_000_000n };
    try {
      const path = pathOf(demo, 'cluster', 'put', { key: serializeKey(tooLarge) });
      const headers = { 'X-git-annex-data-length': '30000000000' };
      const answer = await ask(demo, path, { method: 'POST', headers, body: content });
      expect(answer.status).toBe(507);
      expect(answer.body.toString()).toContain('annex.cluster.cluster.unwanted is "refuse"');
      expect(holders(demo, tooLarge)).toEqual([]);
      expect(await put(demo, 'cluster', key, content)).toHaveProperty('stored', true);
    } finally {
      git(config, 'config', '--unset', 'annex.cluster.cluster.unwanted');
    }
  });
});

describe.skipIf(!hasGitAnnex)('git-annex in the gateway', () => {
  it('sees right away what was stored and what was removed', async () => {
    const { content, key } = newContent();
    await put(demo, 'cluster', key, content);
    const gateway = repositoryOf(demo.directory, 'gateway');
    const places = await whereisWhileServed(gateway, serializeKey(key));
    const seen = places.filter((uuid) => uuid !== demo.uuids.cluster);
    expect(namesOf(demo, seen)).toEqual(holders(demo, key));

    await postKey(demo, 'cluster', 'remove', key);
    expect(await whereisWhileServed(gateway, serializeKey(key))).toEqual([]);
  });
});
