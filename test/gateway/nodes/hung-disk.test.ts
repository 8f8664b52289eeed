import { execFileSync } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { git } from '../../support/git-annex.ts';
import { mountedDisk } from '../../support/mounted-disk.ts';
import { serveProgram, type ProgramServer } from '../../support/program-server.ts';
import { answerOf, ask, beginPut, get, newContent, postKey, put } from '../annex-requests.ts';
import { newDemo, type DemoName, type ServedDemo } from '../served-demo.ts';

const disk = mountedDisk();
const servers: ProgramServer[] = [];
afterAll(() => {
  disk?.end();
  for (const server of servers) server.kill();
});

/** Serves a demo whose third node is on a disk. */
async function served(
  directory: string,
  on: string,
  ...options: readonly string[]
): Promise<Pick<ServedDemo, 'port' | 'uuids'>> {
  const node = join(on, `${basename(dirname(directory))}-node3.git`);
  execFileSync('cp', ['-a', join(directory, 'node3.git'), node]);
  const repository = join(directory, 'gateway.git');
  git(repository, 'config', 'remote.node3.url', node);
  const uuidOf = (name: string): string =>
    git(join(directory, `${name}.git`), 'config', 'annex.uuid').trim();
  const uuids: Record<DemoName, string> = {
    gateway: uuidOf('gateway'),
    cluster: git(repository, 'config', 'annex.cluster.cluster').trim(),
    node1: uuidOf('node1'),
    node2: uuidOf('node2'),
    node3: uuidOf('node3'),
  };
  const server = await serveProgram(repository, '--wideopen', ...options);
  servers.push(server);
  return { port: server.port, uuids };
}

it.skipIf(disk === undefined)('a disk that hangs stops its own node and nothing else', async () => {
  if (disk === undefined) return;
  const demo = await served(await newDemo(), disk.directory, '--limit', 'node-probe=10m');
  const before = newContent(300_000);
  expect(await put(demo, 'node3', before.key, before.content)).toHaveProperty('stored', true);

  const { content, key } = newContent(2_000_000);
  const sending = beginPut(demo, 'node3', key, { length: content.length });
  sending.write(content.subarray(0, 1_000_000));
  await sleep(300);
  execFileSync('fsfreeze', ['-f', disk.directory]);
  const late = newContent(5000);
  let answers: unknown[];
  let waiting: Promise<unknown>;
  try {
    sending.end(content.subarray(1_000_000));
    waiting = put(demo, 'node3', late.key, late.content);
    await sleep(300);
    const other = newContent(5000);
    answers = [
      (await ask(demo, '/healthz')).status,
      await put(demo, 'node1', other.key, other.content),
      await put(demo, 'gateway', other.key, other.content),
      await postKey(demo, 'node1', 'checkpresent', other.key),
    ];
  } finally {
    execFileSync('fsfreeze', ['-u', disk.directory]);
  }

  expect(answers).toMatchObject([200, { stored: true }, { stored: true }, { present: true }]);
  expect((await answerOf(sending)).status).toBe(200);
  expect(await waiting).toHaveProperty('stored', true);
  expect(await postKey(demo, 'node3', 'checkpresent', key)).toHaveProperty('present', true);
});

it.skipIf(disk === undefined)(
  'a disk that hangs is found out once, and used when it thaws',
  async () => {
    if (disk === undefined) return;
    const quick = ['node-doubt=100ms', 'node-probe=1s', 'node-retry=50ms', 'node-retry-slow=200ms'];
    const limits = quick.flatMap((limit) => ['--limit', limit]);
    const demo = await served(await newDemo(), disk.directory, ...limits);
    const { content, key } = newContent(5000);
    for (const node of ['node1', 'node3'] as const) {
      expect(await put(demo, node, key, content)).toHaveProperty('stored', true);
    }
    const tryPut = async (): Promise<unknown> => {
      const { content, key } = newContent(5000);
      return await put(demo, 'node3', key, content);
    };

    execFileSync('fsfreeze', ['-f', disk.directory]);
    let answers: unknown[];
    let problems: string;
    try {
      // More than there are threads.
      const refused = await Promise.all(Array.from({ length: 20 }, tryPut));
      expect(new Set(refused)).toEqual(new Set([502]));
      const other = newContent(5000);
      answers = [
        await tryPut(),
        await put(demo, 'cluster', other.key, other.content),
        (await get(demo, 'cluster', key)).body.equals(content),
        // What it has it gives: to read needs nothing that is frozen.
        (await get(demo, 'node3', key)).body.equals(content),
      ];
      problems = String((await ask(demo, '/healthz')).body);
    } finally {
      execFileSync('fsfreeze', ['-u', disk.directory]);
    }

    expect(answers).toMatchObject([502, { stored: true }, true, true]);
    expect(problems).toContain('node node3 takes and removes nothing');
    await expect.poll(tryPut, { timeout: 60_000 }).toHaveProperty('stored', true);
    const later = String((await ask(demo, '/healthz')).body);
    expect(later).not.toContain('node node3 takes and removes nothing');
  },
);
