import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { newContent, put } from '../gateway/annex-requests.ts';
import { newDemo, repositoryOf, uuidsOf } from '../gateway/served-demo.ts';
import { git } from '../support/git-annex.ts';
import { mountedDisk } from '../support/mounted-disk.ts';
import { serveProgram } from '../support/program-server.ts';
import { serve } from './program.ts';

const quick = ['node-doubt=100ms', 'node-probe=1s', 'node-retry=1m', 'node-retry-slow=1m'];
const options = ['--wideopen', ...quick.flatMap((limit) => ['--limit', limit])];

const atEnd: (() => void)[] = [];
afterEach(() => {
  for (const end of atEnd.splice(0).reverse()) end();
});

const disk = mountedDisk();

it.skipIf(disk === undefined)(
  'a server ends although the disk of a node hangs, as far as it can, and names the node',
  async () => {
    if (disk === undefined) return;
    atEnd.push(() => disk.end());
    const directory = await newDemo();
    const gateway = repositoryOf(directory, 'gateway');
    const node = join(disk.directory, `${basename(dirname(directory))}-node3.git`);
    execFileSync('cp', ['-a', repositoryOf(directory, 'node3'), node]);
    git(gateway, 'config', 'remote.node3.url', node);
    const server = await serve(['serve', gateway, ...options], { directory });
    atEnd.push(() => server.child.kill('SIGKILL'));
    const demo = { port: server.port, uuids: uuidsOf(directory) };
    const [before, late] = [newContent(5000), newContent(5000)];
    expect(await put(demo, 'node3', before.key, before.content)).toHaveProperty('stored', true);

    execFileSync('fsfreeze', ['-f', disk.directory]);
    try {
      expect(await put(demo, 'node3', late.key, late.content)).toBe(502);
      server.child.kill('SIGINT');
      await server.complained(/it did not end cleanly, as node node3 hung/);
      const next = createServer().listen(server.port);
      await once(next, 'listening');
      next.close();
    } finally {
      execFileSync('fsfreeze', ['-u', disk.directory]);
    }
    expect((await server.ended).status).toBe(1);
  },
);

it('a server ends at once although a peer stands still', async () => {
  const directory = await newDemo();
  const gateway = repositoryOf(directory, 'gateway');
  const peer = await serveProgram(repositoryOf(directory, 'node3'), '--wideopen');
  atEnd.push(() => peer.kill());
  const url = `annex+http://127.0.0.1:${peer.port}/git-annex/`;
  git(gateway, 'config', 'remote.node3.annexurl', url);
  const server = await serve(['serve', gateway, ...options], { directory });
  atEnd.push(() => server.child.kill('SIGKILL'));
  const demo = { port: server.port, uuids: uuidsOf(directory) };
  const [before, late] = [newContent(5000), newContent(5000)];
  expect(await put(demo, 'node3', before.key, before.content)).toHaveProperty('stored', true);

  process.kill(peer.pid, 'SIGSTOP');
  expect(await put(demo, 'node3', late.key, late.content)).toBe(502);
  server.child.kill('SIGINT');

  expect(await server.ended).toMatchObject({ status: 0 });
});
