import { existsSync, readdirSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serializeKey, type Key } from '../../src/key/index.ts';
import {
  ObjectLayout,
  ObjectStore,
  ownDisk,
  Repository,
  type ObjectStoreOptions,
  thisMachine,
} from '../../src/repository/index.ts';
import { git, gitEnvironment, hasGitAnnex } from '../support/git-annex.ts';
import { put, sha256Key } from '../support/objects.ts';
import { storeWorkerAs, talk, type Talker } from '../support/process.ts';
import { machineAt } from '../support/set-clock.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const content = Buffer.from('precious');
const key = sha256Key(content);

interface Annex {
  readonly directory: string;
  readonly repository: Repository;
}

/** A bare repository of the real git-annex at a version, which nothing upgrades by itself. */
async function makeAnnex(version: string): Promise<Annex> {
  const directory = temporaryDirectory();
  git(directory, 'init', '-q', '--bare');
  git(directory, 'annex', 'init', 'test');
  git(directory, 'config', 'annex.autoupgraderepository', 'false');
  setVersion(directory, version);
  const repository = await Repository.open(directory);
  await put(repository.objects, key, content);
  return { directory, repository };
}

function setVersion(directory: string, version: string): void {
  git(directory, 'config', 'annex.version', version);
}

/** What `git annex drop --force` says when it fails, or that it dropped. */
function drop(directory: string): string {
  const words = ['-C', directory, 'annex', 'drop', '--force', '--key', serializeKey(key)];
  const run = spawnSync('git', words, { env: gitEnvironment, encoding: 'utf8' });
  return run.status === 0 ? 'dropped' : run.stderr;
}

/** git-annex-shell as it keeps the content. */
async function keptByShell(directory: string): Promise<Talker> {
  const client = '11111111-1111-4111-8111-111111111111';
  const shell = talk('git-annex-shell', 'p2pstdio', directory, client);
  expect(await shell.line()).toMatch(/^AUTH-SUCCESS /);
  shell.say(`VERSION 2\nLOCKCONTENT ${serializeKey(key)}\n`);
  expect(await shell.line()).toBe('VERSION 2');
  expect(await shell.line()).toBe('SUCCESS');
  return shell;
}

describe.skipIf(!hasGitAnnex).for(['8', '9', '10'])(
  'content locks at annex.version %s',
  (version) => {
    it('exclude git annex drop --force, as long as was promised, and git-annex-shell excludes removals', async () => {
      const { directory, repository } = await makeAnnex(version);
      const { objects } = repository;

      const shell = await keptByShell(directory);
      expect(await objects.remove(key)).toBe('locked');
      shell.say('UNLOCKCONTENT\n');
      await shell.end();

      const lock = await objects.lock(key);
      expect(drop(directory)).toContain('content is locked');
      await lock?.leave();
      await (await objects.lock(key))?.release();
      expect(drop(directory)).toContain('content is locked');
      expect(await objects.remove(key)).toBe('locked');
      expect(git(directory, 'config', 'annex.version').trim()).toBe(version);
      await repository.close();
    });
  },
);

describe.skipIf(!hasGitAnnex)('a version that changes under a server', () => {
  it('leaves a lock good when git-annex upgrades the repository', async () => {
    const { directory, repository } = await makeAnnex('9');

    const lock = await repository.objects.lock(key);
    git(directory, 'annex', 'upgrade');
    expect(git(directory, 'config', 'annex.version').trim()).toBe('10');

    expect(drop(directory)).toContain('content is locked');
    await lock?.release();
    expect(drop(directory)).toBe('dropped');
    expect(readdirSync(repository.objects.directory.toString())).toEqual([]);
    await repository.close();
  });

  it('is heeded by the next lock and the next removal', async () => {
    const { directory, repository } = await makeAnnex('10');
    const { objects } = repository;
    await (await objects.lock(key))?.release();

    setVersion(directory, '9');
    const lock = await objects.lock(key);
    expect(drop(directory)).toContain('content is locked');
    await lock?.release();
    const shell = await keptByShell(directory);
    setVersion(directory, '10');
    expect(await objects.remove(key)).toBe('locked');
    await shell.end();
    // One of which nobody knows what it locks ends all locking and removing, and nothing else.
    setVersion(directory, '11');
    await expect(objects.lock(key)).rejects.toThrow('annex.version 11');
    await expect(objects.remove(key)).rejects.toThrow('annex.version 11');
    expect(await objects.has(key)).toBe(true);
    await repository.close();
  });
});

interface Store {
  readonly store: ObjectStore;
  readonly path: Buffer;
}

async function makeStore(style: 'object' | 'beside', of: Key = key): Promise<Store> {
  const options: ObjectStoreOptions = {
    gitDirectory: temporaryDirectory(),
    isBare: true,
    lockStyle: () => style,
  };
  const store = new ObjectStore(options);
  await put(store, of, content);
  return { store, path: new ObjectLayout(options).newLocation(of).content };
}

describe.for(['object', 'beside'] as const)('a lock of style %s', (style) => {
  it('waits while the content itself is locked by a removal, and finds it gone', async () => {
    const { store, path } = await makeStore(style);
    const removal = await thisMachine.locks.lock(path, 'exclusive', {
      timeoutMs: 0,
      disk: ownDisk,
    });

    const locking = store.lock(key);
    while (!existsSync(`${path.toString()}.lck`)) await new Promise(setImmediate);
    rmSync(path);
    removal.release();

    expect(await locking).toBeUndefined();
    expect(await store.remove(key)).toBe('absent');
    expect(readdirSync(store.directory.toString())).toEqual([]);
  });

  it('is refused to a removal while the content itself is kept', async () => {
    const { store, path } = await makeStore(style);
    const kept = await thisMachine.locks.lock(path, 'shared', { timeoutMs: 0, disk: ownDisk });

    expect(await store.remove(key)).toBe('locked');
    kept.release();
    expect(await store.remove(key)).toBe('removed');
  });
});

describe('a repository that locks contents themselves', () => {
  it('keeps them locked after the lock for as long as was promised', async () => {
    let nowMs = Date.now();
    const gitDirectory = temporaryDirectory();
    const options = { gitDirectory, isBare: true, system: machineAt(() => nowMs) } as const;
    const store = new ObjectStore({ ...options, lockStyle: () => 'object' });
    await put(store, key, content);
    const path = new ObjectLayout(options).newLocation(key).content;
    const isKept = async (): Promise<boolean> => {
      const other = await thisMachine.locks
        .lock(path, 'exclusive', { timeoutMs: 0, disk: ownDisk })
        .catch(() => undefined);
      other?.release();
      return other === undefined;
    };

    await (await store.lock(key))?.leave();
    expect(await isKept()).toBe(true);
    await (await store.lock(key))?.release();
    expect(await isKept()).toBe(true);
    nowMs += 600_001;
    await (await store.lock(key))?.release();
    expect(await isKept()).toBe(false);
    expect(await store.remove(key)).toBe('removed');
  });

  it('opens them for the moment of a removal to whoever may not write them', async () => {
    const userId = 65_534;
    if (process.getuid?.() !== 0) return;
    const gitDirectory = temporaryDirectory();
    git(gitDirectory, 'init', '-q', '--bare');
    spawnSync('chown', ['-R', `${userId}:${userId}`, gitDirectory]);
    const large = sha256Key(Buffer.alloc(1000, 'x'));
    const worker = storeWorkerAs(
      userId,
      gitDirectory,
      'bare',
      'everything',
      serializeKey(large),
      'object',
    );

    const said: unknown[] = [];
    for (let at = 0; at < 4; at += 1) said.push(await worker.line());
    await worker.end();

    expect(said).toEqual(['locked', 'removed', 'absent', 'true']);
    expect(existsSync(join(gitDirectory, 'annex/objects'))).toBe(true);
  });
});
