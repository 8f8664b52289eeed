import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { serializeKey, type Key } from '../../../src/key/index.ts';
import { git, hasGitAnnex } from '../../support/git-annex.ts';
import { serveProgram } from '../../support/program-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { answerOf, ask, begin, get, newContent, pathOf, postKey, put } from '../annex-requests.ts';
import { newDemo, repositoryOf, serveDemo, type ServedDemo } from '../served-demo.ts';

/** A peer that can be made to stand still, as SIGSTOP does. */
interface Peer {
  stop(): void;
  goOn(): void;
  end(): void;
}

/** Serves a node over HTTP, and leads its gateway there. */
async function overHttp(gateway: string, node: string): Promise<Peer> {
  const server = await serveProgram(node, '--wideopen');
  const url = `annex+http://127.0.0.1:${server.port}/git-annex/`;
  git(gateway, 'config', 'remote.node3.annexurl', url);
  return {
    stop: () => void process.kill(server.pid, 'SIGSTOP'),
    goOn: () => void process.kill(server.pid, 'SIGCONT'),
    end: () => server.kill(),
  };
}

/** Leads a gateway to a node by an ssh that runs git-annex-shell here. */
function overSsh(gateway: string, node: string): Peer {
  const place = temporaryDirectory();
  const [program, pids, stopped] = ['ssh', 'pids', 'stopped'].map((name) => join(place, name));
  if (program === undefined || pids === undefined || stopped === undefined) throw new Error();
  writeFileSync(
    program,
    `#!/bin/sh\necho $$ >>'${pids}'\nwhile [ -e '${stopped}' ]; do sleep 0.05; done\n` +
      `for last; do :; done\nexec sh -c "exec $last"\n`,
  );
  chmodSync(program, 0o755);
  git(gateway, 'config', 'core.sshCommand', program);
  git(gateway, 'config', 'remote.node3.url', `ssh://localhost${node}`);
  const tell = (signal: NodeJS.Signals): void => {
    for (const pid of existsSync(pids) ? readFileSync(pids, 'utf8').split('\n') : []) {
      try {
        if (pid !== '') process.kill(Number(pid), signal);
      } catch {
        // It has ended.
      }
    }
  };
  const goOn = (): void => {
    rmSync(stopped, { force: true });
    tell('SIGCONT');
  };
  return {
    stop: () => {
      writeFileSync(stopped, '');
      tell('SIGSTOP');
    },
    goOn,
    end: () => {
      goOn();
      tell('SIGTERM');
    },
  };
}

const ending: (() => Promise<void> | void)[] = [];
afterAll(async () => {
  for (const end of ending.reverse()) await end();
});

async function served(lead: typeof overHttp | typeof overSsh): Promise<[ServedDemo, Peer]> {
  const directory = await newDemo();
  const [gateway, node] = [repositoryOf(directory, 'gateway'), repositoryOf(directory, 'node3')];
  const peer = await lead(gateway, node);
  ending.push(() => peer.end());
  const limits = { nodeDoubtMs: 100, nodeProbeMs: 2000, nodeRetryMs: 50, nodeRetrySlowMs: 200 };
  const demo = await serveDemo(directory, { limits });
  ending.push(() => demo.close());
  return [demo, peer];
}

/** What a node says that is asked for a key. */
async function said(demo: ServedDemo, key: Key): Promise<string> {
  const path = pathOf(demo, 'node3', 'checkpresent', { key: serializeKey(key) });
  return String((await ask(demo, path, { method: 'POST' })).body);
}

it.each([
  ['over HTTP', overHttp, true],
  ['over ssh', overSsh, hasGitAnnex],
] as const)('a peer %s that stands still is found out once', async (_, lead, isThere) => {
  if (!isThere) return;
  const [demo, peer] = await served(lead);
  const { content, key } = newContent(5000);
  for (const node of ['node1', 'node3'] as const) {
    expect(await put(demo, node, key, content)).toHaveProperty('stored', true);
  }

  peer.stop();
  const answers = await Promise.all([1, 2, 3].map(() => said(demo, key)));
  const notices = demo.gateway.notices.all();
  const later = [await said(demo, key), await put(demo, 'node3', newContent().key, content)];
  const other = newContent(5000);
  const stored = await put(demo, 'cluster', other.key, other.content);
  const got = await get(demo, 'cluster', key);

  for (const answer of [...answers, later[0]]) expect(answer).toContain('has not answered since');
  expect(later[1]).toBe(502);
  expect(notices).toMatchObject([{ kind: 'node', subject: 'node3' }]);
  expect(stored).toHaveProperty('stored', true);
  expect(got.body.equals(content)).toBe(true);

  peer.goOn();
  const silent = (): unknown[] => demo.gateway.notices.all().filter(({ kind }) => kind === 'node');
  await expect.poll(silent, { timeout: 60_000 }).toEqual([]);
  await expect
    .poll(() => postKey(demo, 'node3', 'checkpresent', key), { timeout: 60_000 })
    .toEqual({ present: true });
  const last = newContent(5000);
  expect(await put(demo, 'node3', last.key, last.content)).toHaveProperty('stored', true);
});

it('a download whose peer stands still in its middle ends, and the peer is suspected', async () => {
  const [demo, peer] = await served(overHttp);
  // More than the system keeps of it on the way.
  const { content, key } = newContent(32 * 1024 * 1024);
  expect(await put(demo, 'node3', key, content)).toHaveProperty('stored', true);

  const sent = begin(demo, pathOf(demo, 'node3', `key/${serializeKey(key)}`));
  sent.once('response', () => peer.stop());
  sent.end();

  await expect(answerOf(sent)).rejects.toThrow('aborted');
  expect(demo.gateway.notices.all()).toMatchObject([{ kind: 'node', subject: 'node3' }]);
});
