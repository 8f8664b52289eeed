import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { serializeKey, type Key } from '../../../src/key/index.ts';
import {
  parseClusterLog,
  Repository,
  setCluster,
  setProxy,
  setTrust,
  stampOf,
  type BranchEdit,
} from '../../../src/repository/index.ts';
import type { Uuid } from '../../../src/units/index.ts';
import { AnnexClient } from '../../support/annex-client.ts';
import { imaginaryUuid, presence, uuidOf } from '../../support/branch.ts';
import { git, hasGitAnnex } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { ask, get, newContent, pathOf, postKey, put } from '../annex-requests.ts';
import { demoForTests, holders, repositoryOf, type ServedDemo } from '../served-demo.ts';

const [otherGateway, far, gone] = [imaginaryUuid(7), imaginaryUuid(6), imaginaryUuid(5)];

/** Changes the branch of the gateway's repository, as a push or git-annex there would. */
async function change(demo: ServedDemo, ...edits: readonly BranchEdit[]): Promise<void> {
  const repository = await Repository.open(repositoryOf(demo.directory, 'gateway'));
  await repository.branch.change(edits);
  await repository.close();
}

function configure(demo: ServedDemo, name: string, value: string): void {
  git(repositoryOf(demo.directory, 'gateway'), 'config', name, value);
}

function log(demo: ServedDemo, key: Key, uuid: string): Promise<void> {
  return change(demo, presence(serializeKey(key), uuidOf(uuid)));
}

/** What `/healthz` says. */
async function problems(demo: ServedDemo): Promise<readonly string[]> {
  const { body } = await ask(demo, '/healthz');
  const answer: { readonly problems?: readonly string[] } = JSON.parse(body.toString());
  return answer.problems ?? [];
}

/** The status and the reason that a failed request shows to people. */
async function refusal(demo: ServedDemo, endpoint: string, key: Key): Promise<string> {
  const path = pathOf(demo, 'cluster', endpoint, { key: serializeKey(key) });
  const { status, body } = await ask(demo, path, { method: endpoint === 'get' ? 'GET' : 'POST' });
  return `${status} ${body.toString()}`;
}

/** Adds a member to the cluster that is behind another gateway, by the branch. */
async function extend(demo: ServedDemo, members: readonly Uuid[]): Promise<void> {
  const now = stampOf(Date.now());
  const remotes = [{ uuid: far, name: 'far-node' }];
  const cluster = uuidOf(demo.uuids.cluster);
  await change(
    demo,
    {
      path: 'cluster.log',
      edit: (text) => {
        const nodes = [...(parseClusterLog(text).get(cluster) ?? []), ...members];
        return setCluster(text, { cluster, nodes, now });
      },
    },
    { path: 'proxy.log', edit: (text) => setProxy(text, { gateway: otherGateway, remotes, now }) },
    { path: 'trust.log', edit: (text) => setTrust(text, { uuid: gone, trust: 'dead', now }) },
  );
}

describe('a cluster that extends over another gateway', () => {
  let demo: ServedDemo;
  beforeAll(async () => {
    demo = await demoForTests();
    await extend(demo, [far, gone]);
  });

  it('says so, for as long as that is so', async () => {
    expect(await problems(demo)).toEqual([expect.stringMatching(/of cluster cluster is left out/)]);
    expect((await problems(demo))[0]).toMatch(/behind another gateway/);

    configure(demo, 'remote.other.annex-uuid', otherGateway);
    configure(demo, 'remote.other.annex-cluster-gateway', demo.uuids.cluster);
    expect(await problems(demo)).toHaveLength(2);

    configure(demo, 'remote.other.annex-cluster-gateway', '');
    expect(await problems(demo)).toHaveLength(1);
    expect(demo.warnings.filter((text) => text.startsWith('over: '))).toHaveLength(1);
  });

  it('takes uploads, and never says that a drop was whole', async () => {
    const { content, key } = newContent();
    expect(await put(demo, 'cluster', key, content)).toMatchObject({ stored: true });

    const answer = await postKey(demo, 'cluster', 'remove', key);
    expect(answer).toMatchObject({ removed: false });
    expect(holders(demo, key)).toEqual([]);
    expect(answer).toHaveProperty('plusuuids.length', 3);
  });

  it('says that a drop was whole to the other gateway, which asks its own nodes', async () => {
    const { content, key } = newContent();
    await put(demo, 'cluster', key, content);
    expect(await postKey(demo, 'cluster', 'remove', key, { bypass: otherGateway })).toMatchObject({
      removed: true,
    });
  });

  it('says why it does not give what only nodes behind the other have', async () => {
    const { content, key } = newContent();
    await log(demo, key, far);
    const why = '502 node 6.* is not available: it is behind another gateway';
    expect(await refusal(demo, 'checkpresent', key)).toMatch(new RegExp(why));
    const { status, body } = await get(demo, 'cluster', key);
    expect(`${status} ${body.toString()}`).toMatch(new RegExp(why));

    await put(demo, 'cluster', key, content);
    expect(await postKey(demo, 'cluster', 'checkpresent', key)).toEqual({ present: true });
    expect((await get(demo, 'cluster', key)).body).toEqual(content);
    const { key: unknown } = newContent();
    expect(await postKey(demo, 'cluster', 'checkpresent', unknown)).toEqual({ present: false });
    expect((await get(demo, 'cluster', unknown)).status).toBe(404);
  });

  it('refuses a node behind the other with the reason', async () => {
    const now = stampOf(Date.now());
    const gateway = uuidOf(demo.uuids.gateway);
    const remotes = [
      { uuid: uuidOf(demo.uuids.cluster), name: 'cluster' },
      { uuid: far, name: 'other-far' },
    ];
    await change(demo, {
      path: 'proxy.log',
      edit: (text) => setProxy(text, { gateway, remotes, now }),
    });
    const path = `/git-annex/${far}/v4/checkpresent?clientuuid=me&key=A-s1--a`;
    const { status, body } = await ask(demo, path, { method: 'POST' });
    expect(`${status} ${body.toString()}`).toBe(
      '502 not configured to proxy for repository other-far; ' +
        'it is behind another gateway, which ballast does not ask yet',
    );
  });
});

describe('a special remote that cannot be used', () => {
  it('says why when it is asked, and in /healthz', async () => {
    const demo = await demoForTests();
    const uuid = uuidOf(demo.uuids.node2);
    configure(demo, 'remote.node2.annex-s3', 'true');
    const line = `${uuid} bucket=b encryption=none host=127.0.0.1 name=node2 type=S3 timestamp=1s\n`;
    await change(demo, { path: 'remote.log', edit: (log) => `${log}${line}` });

    const path = pathOf(demo, 'node2', 'checkpresent', { key: 'A-s1--a' });
    const { status, body } = await ask(demo, path, { method: 'POST' });

    expect(`${status} ${body.toString()}`).toContain(
      '502 node node2 is not available: it has no credentials',
    );
    expect(await problems(demo)).toEqual([
      expect.stringContaining('node2 cannot be used: it has no credentials'),
    ]);
  });
});

describe('a remote that is not served as a node of a cluster', () => {
  let demo: ServedDemo;
  beforeAll(async () => {
    demo = await demoForTests();
    configure(demo, 'remote.node2.annex-tahoe', join(demo.directory, 'node2'));
  });

  it('is told, and is out of the way of uploads', async () => {
    expect(await problems(demo)).toEqual([
      'node2 of cluster cluster is left out, as it is a special remote of type tahoe, ' +
        'which ballast does not serve yet; uploads do not reach it, and what it holds is not ' +
        'dropped with the cluster',
    ]);
    for (let upload = 0; upload < 8; upload += 1) {
      const { content, key } = newContent();
      expect(await put(demo, 'cluster', key, content)).toMatchObject({ stored: true });
      expect(holders(demo, key)).not.toContain('node2');
      expect(holders(demo, key)).not.toEqual([]);
    }
    expect(demo.warnings.filter((text) => text.includes('takes no'))).toEqual([]);
  });

  it('keeps what it holds out of the answers to drops, not out of those to get', async () => {
    const { content, key } = newContent();
    await log(demo, key, demo.uuids.node2);
    // A client that asks first must not be kept from storing it where it can be had.
    expect(await postKey(demo, 'cluster', 'checkpresent', key)).toEqual({ present: false });
    expect((await get(demo, 'cluster', key)).status).toBe(502);
    await put(demo, 'cluster', key, content);
    expect(await postKey(demo, 'cluster', 'remove', key)).toMatchObject({ removed: false });

    const { content: other, key: elsewhere } = newContent();
    await put(demo, 'cluster', elsewhere, other);
    expect(await postKey(demo, 'cluster', 'remove', elsewhere)).toMatchObject({ removed: true });
  });

  it('answers under its own UUID that it cannot be used, and why', async () => {
    const path = pathOf(demo, 'node2', 'checkpresent', { key: 'A-s1--a' });
    const { status, body } = await ask(demo, path, { method: 'POST' });
    expect(`${status} ${body.toString()}`).toBe(
      '502 node node2 is not available: it is a special remote of type tahoe, ' +
        'which ballast does not serve yet',
    );
  });

  it('is a node again when its settings say so', async () => {
    git(repositoryOf(demo.directory, 'gateway'), 'config', '--unset', 'remote.node2.annex-tahoe');
    expect(await problems(demo)).toEqual([]);
  });

  it('is told of a file on another host, too, and keeps nobody else from being served', async () => {
    configure(demo, 'remote.node2.url', 'file://host/node2');
    expect(await problems(demo)).toEqual([
      expect.stringMatching(
        /^node2 of cluster cluster is left out, as it has a url that is neither a local path nor a peer/,
      ),
    ]);
    const { content, key } = newContent();
    expect(await put(demo, 'cluster', key, content)).toMatchObject({ stored: true });
    expect(holders(demo, key)).not.toContain('node2');
  });
});

it('a node that no remote is set up as is told, and an error only for what it is logged to have', async () => {
  const demo = await demoForTests();
  configure(demo, 'remote.node3.annex-cluster-node', '');
  expect(await problems(demo)).toEqual([expect.stringMatching(/git annex updatecluster/)]);

  const { content, key } = newContent();
  await log(demo, key, demo.uuids.node3);
  expect(await refusal(demo, 'checkpresent', key)).toMatch(/^502 .*annex-cluster-node/);
  await put(demo, 'cluster', key, content);
  expect(await postKey(demo, 'cluster', 'remove', key)).toMatchObject({ removed: false });
  const { content: other, key: elsewhere } = newContent();
  await put(demo, 'cluster', elsewhere, other);
  expect(await postKey(demo, 'cluster', 'remove', elsewhere)).toMatchObject({ removed: true });
});

describe.skipIf(!hasGitAnnex)('real git-annex as the client', () => {
  it('copies to a cluster with a special node, and hears that a drop was not whole', async () => {
    const demo = await demoForTests();
    const special = join(temporaryDirectory(), 'special');
    mkdirSync(special);
    configure(demo, 'remote.node2.annex-tahoe', special);
    const client = await AnnexClient.clone(`http://127.0.0.1:${demo.port}/demo`, 'client');
    for (const file of ['a', 'b', 'c', 'd']) {
      writeFileSync(join(client.directory, file), `content of ${file}`);
    }
    await client.annex('add', '.');
    await client.git('commit', '--quiet', '-m', 'files');
    await client.annex('copy', '--to', 'origin-cluster');
    await client.annex('drop', '.');
    await client.annex('get', '.');
    await client.annex('drop', '--from', 'origin-cluster', 'a');

    await extend(demo, [far]);
    await client.annex('copy', '--to', 'origin-cluster', 'a');
    await expect(client.annex('drop', '--from', 'origin-cluster', 'a')).rejects.toThrow(
      'drop: 1 failed',
    );
    await client.annex('drop', '--force', 'b');
    await client.annex('get', 'b');
  });
});
