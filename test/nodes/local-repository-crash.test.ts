import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { serializeKey, type Key } from '../../src/key/index.ts';
import { LocalRepositoryNode, NodeUnavailableError } from '../../src/nodes/index.ts';
import { locationLogPath, Repository } from '../../src/repository/index.ts';
import { git, hasGitAnnex } from '../support/git-annex.ts';
import { sha256Key } from '../support/objects.ts';
import { talk } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const content = Buffer.from('0123456789');
const key = sha256Key(content);
const { signal } = new AbortController();
const open: Repository[] = [];
afterAll(() => Promise.all(open.map((repository) => repository.close())));

async function nodeAt(directory: string): Promise<LocalRepositoryNode> {
  const repository = await Repository.open(directory);
  open.push(repository);
  return new LocalRepositoryNode(repository, { name: 'here', cost: 0 });
}

async function store(node: LocalRepositoryNode, key: Key, content: Uint8Array): Promise<void> {
  const deposit = await node.put(key, { sizeBytes: content.length, waitMs: 1000, signal });
  if (deposit === 'present') throw new Error('present already');
  await deposit.start(0);
  await deposit.write(content);
  await deposit.commit();
}

function annex(): string {
  const directory = join(temporaryDirectory(), 'here.git');
  git('.', 'init', '-q', '--bare', directory);
  git(directory, 'annex', 'init', 'here');
  return directory;
}

/** Whether the repository's location log says that it has the key. */
async function isLogged(directory: string): Promise<boolean> {
  const repository = await Repository.open(directory);
  const log = await repository.branch.read(locationLogPath(key));
  await repository.close();
  return / 1 /.test(log ?? '');
}

async function removeAndDieBeforeTheLog(directory: string): Promise<void> {
  const worker = fileURLToPath(new URL('../support/removal-worker.ts', import.meta.url));
  const words = ['--no-warnings', worker, directory, serializeKey(key)];
  const { child } = talk(process.execPath, ...words);
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
}

describe.skipIf(!hasGitAnnex)('a removal that was killed before its line in the log', () => {
  it('is answered truthfully, against the log, and made good by the next removal', async () => {
    const directory = annex();
    const node = await nodeAt(directory);
    await store(node, key, content);
    await removeAndDieBeforeTheLog(directory);

    expect(await isLogged(directory)).toBe(true);
    expect(await node.has(key)).toBe(false);
    expect(await node.get(key, 0)).toBeUndefined();
    expect(await node.lock(key)).toBeUndefined();
    expect(await node.remove(key, { signal })).toBe('absent');
    expect(await isLogged(directory)).toBe(false);
  });

  it('is made good by the next upload', async () => {
    const directory = annex();
    const node = await nodeAt(directory);
    await store(node, key, content);
    await removeAndDieBeforeTheLog(directory);

    await store(node, key, content);

    expect(await node.has(key)).toBe(true);
    expect(await isLogged(directory)).toBe(true);
  });

  it('is made good by git annex fsck', async () => {
    const directory = annex();
    await store(await nodeAt(directory), key, content);
    await removeAndDieBeforeTheLog(directory);

    expect(() => git(directory, 'annex', 'fsck', '--fast', '--key', serializeKey(key))).toThrow(
      'was expected to be present, but its content is missing',
    );

    expect(await isLogged(directory)).toBe(false);
  });
});

/** A directory on another disk than that of the tests; undefined where there is none. */
function otherDisk(): string | undefined {
  const { dev } = statSync(temporaryDirectory());
  const shared = statSync('/dev/shm', { throwIfNoEntry: false });
  if (shared === undefined || shared.dev === dev) return undefined;
  return mkdtempSync('/dev/shm/ballast-test-');
}

const disk = otherDisk();
afterAll(() => {
  if (disk === undefined) return;
  execFileSync('chmod', ['-R', 'u+w', disk]);
  rmSync(disk, { recursive: true, force: true });
});

describe.skipIf(disk === undefined)('a disk for the objects alone', () => {
  it('that is gone leaves nothing known: no verb takes that for an answer', async () => {
    const directory = annex();
    const objects = join(directory, 'annex', 'objects');
    await store(await nodeAt(directory), key, content);
    const onDisk = join(disk ?? '', 'objects');
    execFileSync('mv', [objects, onDisk]);
    symlinkSync(onDisk, objects);
    const node = await nodeAt(directory);
    expect(await node.has(key)).toBe(true);

    rmSync(objects);
    const verbs = [
      () => node.has(key),
      () => node.get(key, 0),
      () => node.put(key, { sizeBytes: 10, waitMs: 1000, signal }),
      () => node.remove(key, { signal }),
      () => node.lock(key),
    ];
    for (const ask of verbs) await expect(ask()).rejects.toThrow(NodeUnavailableError);
    symlinkSync(temporaryDirectory(), objects); // an empty mount point
    for (const ask of verbs) await expect(ask()).rejects.toThrow(NodeUnavailableError);

    rmSync(objects);
    symlinkSync(onDisk, objects);
    expect(await node.has(key)).toBe(true);
    expect(await node.remove(key, { signal })).toBe('removed');
    expect(await node.has(key)).toBe(false);
  });
});
