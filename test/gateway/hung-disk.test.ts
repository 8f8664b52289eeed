import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { git } from '../support/git-annex.ts';
import { serveProgram, type ProgramServer } from '../support/program-server.ts';
import { answerOf, ask, beginPut, newContent, postKey, put } from './annex-requests.ts';
import { newDemo, type DemoName } from './served-demo.ts';

/** A file system of its own that can be made to hang; `undefined` where the machine has none. */
function mountedDisk(): { readonly directory: string; readonly end: () => void } | undefined {
  const place = mkdtempSync(join(tmpdir(), 'ballast-disk-'));
  const image = join(place, 'image');
  const directory = join(place, 'mounted');
  mkdirSync(directory);
  const quietly = (command: string, ...words: string[]): boolean => {
    try {
      execFileSync(command, words, { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  const isMounted =
    quietly('truncate', '-s', '512M', image) &&
    quietly('mkfs.ext4', '-q', image) &&
    quietly('mount', '-o', 'loop', image, directory);
  const end = (): void => {
    if (isMounted) {
      quietly('fsfreeze', '-u', directory);
      quietly('umount', '-l', directory);
    }
    quietly('rm', '-rf', image);
    if (readdirSync(directory).length === 0) rmdirSync(directory);
  };
  if (isMounted) return { directory, end };
  end();
  return undefined;
}

const disk = mountedDisk();
let server: ProgramServer | undefined;
afterAll(() => {
  disk?.end();
  server?.kill();
});

it.skipIf(disk === undefined)('a disk that hangs stops its own node and nothing else', async () => {
  if (disk === undefined) return;
  const directory = await newDemo();
  const node = join(disk.directory, 'node3.git');
  execFileSync('cp', ['-a', join(directory, 'node3.git'), node]);
  const repository = join(directory, 'gateway.git');
  git(repository, 'config', 'remote.node3.url', node);
  const uuidOf = (name: string): string =>
    git(join(directory, `${name}.git`), 'config', 'annex.uuid').trim();
  const uuids: Record<DemoName, string> = {
    gateway: uuidOf('gateway'),
    cluster: '',
    node1: uuidOf('node1'),
    node2: uuidOf('node2'),
    node3: uuidOf('node3'),
  };
  server = await serveProgram(repository, '--wideopen');
  const served = { port: server.port, uuids };
  const before = newContent(300_000);
  expect(await put(served, 'node3', before.key, before.content)).toHaveProperty('stored', true);

  const { content, key } = newContent(2_000_000);
  const sending = beginPut(served, 'node3', key, { length: content.length });
  sending.write(content.subarray(0, 1_000_000));
  await sleep(300);
  execFileSync('fsfreeze', ['-f', disk.directory]);
  const late = newContent(5000);
  let answers: unknown[];
  let waiting: Promise<unknown>;
  try {
    sending.end(content.subarray(1_000_000));
    waiting = put(served, 'node3', late.key, late.content);
    await sleep(300);
    const other = newContent(5000);
    answers = [
      (await ask(served, '/healthz')).status,
      await put(served, 'node1', other.key, other.content),
      await put(served, 'gateway', other.key, other.content),
      await postKey(served, 'node1', 'checkpresent', other.key),
    ];
  } finally {
    execFileSync('fsfreeze', ['-u', disk.directory]);
  }

  expect(answers).toMatchObject([200, { stored: true }, { stored: true }, { present: true }]);
  expect((await answerOf(sending)).status).toBe(200);
  expect(await waiting).toHaveProperty('stored', true);
  expect(await postKey(served, 'node3', 'checkpresent', key)).toHaveProperty('present', true);
});
