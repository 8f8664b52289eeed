import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Repository, setProxy, stampOf } from '../../../src/repository/index.ts';
import { imaginaryUuid } from '../../support/branch.ts';
import { git, hasGitAnnex } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/objects.ts';
import { newContent, postKey, put } from '../annex-requests.ts';
import { talk } from '../line/talk.ts';
import { holders, newDemo, repositoryOf, serveDemo, type ServedDemo } from '../served-demo.ts';
import { serializeKey } from '../../../src/key/index.ts';

const other = imaginaryUuid(7);
const stranger = imaginaryUuid(8);

/** What the third node is asked; it has nothing. */
const asked: URL[] = [];
const elsewhere = createServer((request, response) => {
  const url = new URL(request.url ?? '', 'http://localhost');
  // Of a machine that is slow, the gateway asks whether it still answers.
  if (!url.searchParams.get('key')?.endsWith('ballast-probe')) asked.push(url);
  response.end('{"present":false}');
});

let demo: ServedDemo;
beforeAll(async () => {
  elsewhere.listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const address = elsewhere.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const directory = await newDemo();
  const gateway = repositoryOf(directory, 'gateway');
  const config = (name: string, value: string): string => git(gateway, 'config', name, value);
  config('remote.node3.annexurl', `annex+http://127.0.0.1:${port}/git-annex/`);
  config('remote.node2.annex-proxied-by', other);
  const repository = await Repository.open(gateway);
  const remotes = [{ uuid: imaginaryUuid(6), name: 'far' }];
  const proxy = { gateway: other, remotes, now: stampOf(Date.now()) };
  await repository.branch.change([{ path: 'proxy.log', edit: (log) => setProxy(log, proxy) }]);
  await repository.close();
  demo = await serveDemo(directory);
});
afterAll(async () => {
  await demo.close();
  elsewhere.closeAllConnections();
  elsewhere.close();
});
beforeEach(() => {
  asked.length = 0;
});

const bypassed = (): (readonly string[])[] =>
  asked.map(({ searchParams }) => searchParams.getAll('bypass'));

describe('a gateway', () => {
  it('has a node elsewhere bypass it, and those that its client names', async () => {
    const { key } = newContent();
    await postKey(demo, 'node3', 'checkpresent', key);
    await postKey(demo, 'node3', 'checkpresent', key, { bypass: other });
    await postKey(demo, 'node3', 'checkpresent', key, { bypass: stranger });
    await postKey(demo, 'node3', 'checkpresent', key, { bypass: demo.uuids.gateway });

    const own = [demo.uuids.gateway];
    expect(bypassed()).toEqual([own, [...own, other], own, own]);
  });

  it('does so for a client that speaks in lines', async () => {
    const session = talk(demo.gateway, { server: demo.uuids.node3 });
    const key = serializeKey(newContent().key);
    session.say(`VERSION 4\nBYPASS ${stranger} ${other}\nCHECKPRESENT ${key}\n`);
    for (const line of [`AUTH-SUCCESS ${demo.uuids.node3}`, 'VERSION 4', 'FAILURE']) {
      expect(await session.line()).toBe(line);
    }
    session.hangUp();
    await session.end;

    expect(bypassed()).toEqual([[demo.uuids.gateway, other]]);
  });

  it.skipIf(!hasGitAnnex)('does so when it speaks in lines itself', async () => {
    const directory = await newDemo();
    const gateway = repositoryOf(directory, 'gateway');
    const log = join(temporaryDirectory(), 'said');
    const ssh = join(temporaryDirectory(), 'ssh');
    writeFileSync(ssh, `#!/bin/sh\nfor last; do :; done\ntee '${log}' | sh -c "$last"\n`);
    chmodSync(ssh, 0o755);
    git(gateway, 'config', 'core.sshCommand', ssh);
    git(gateway, 'config', 'remote.node1.url', `ssh://here${repositoryOf(directory, 'node1')}`);
    const served = await serveDemo(directory);
    try {
      const { key } = newContent();
      expect(await postKey(served, 'node1', 'checkpresent', key)).toEqual({ present: false });
    } finally {
      await served.close();
    }
    expect(existsSync(log)).toBe(true);
    expect(readFileSync(log, 'utf8')).toContain(`\nBYPASS ${served.uuids.gateway}\n`);
  });

  it('leaves out of a cluster what is behind a gateway to be bypassed', async () => {
    const { content, key } = newContent();
    git(repositoryOf(demo.directory, 'gateway'), 'config', 'remote.node3.annex-cluster-node', '');
    await put(demo, 'cluster', key, content, { parameters: { bypass: other } });
    expect(holders(demo, key)).toEqual(['node1']);

    const { content: again, key: next } = newContent();
    await put(demo, 'node1', next, again);
    await put(demo, 'node2', next, again);
    expect(holders(demo, next)).toEqual(['node1', 'node2']);
    expect(await postKey(demo, 'cluster', 'remove', next, { bypass: other })).toEqual({
      plusuuids: [demo.uuids.node1],
      removed: true,
    });
    expect(holders(demo, next)).toEqual(['node2']);
  });
});
