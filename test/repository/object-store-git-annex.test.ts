import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  hashDirectoryLower,
  hashDirectoryMixed,
  keyFile,
  serializeKey,
} from '../../src/key/index.ts';
import type { Key } from '../../src/key/index.ts';
import { ObjectStore } from '../../src/repository/index.ts';
import { git, gitEnvironment, hasGitAnnex } from '../support/git-annex.ts';
import { begin, get, keyOf, put, sha256Key } from '../support/objects.ts';
import { storeWorker, talk, type Talker } from '../support/process.ts';
import { machineLater } from '../support/set-clock.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { someOf } from '../support/long.ts';

interface Repository {
  readonly directory: string;
  readonly gitDirectory: string;
  readonly store: ObjectStore;
  objectDirectory(key: Key): string;
}

/** A new repository of the real git-annex. */
function makeRepository(isBare: boolean, sharedRepository?: string): Repository {
  const directory = temporaryDirectory();
  const shared = sharedRepository === undefined ? [] : [`--shared=${sharedRepository}`];
  git(directory, 'init', '-q', ...(isBare ? ['--bare'] : []), ...shared);
  git(directory, 'annex', 'init', 'test');
  const gitDirectory = isBare ? directory : join(directory, '.git');
  return {
    directory,
    gitDirectory,
    store: new ObjectStore({ gitDirectory, isBare, sharedRepository }),
    objectDirectory: (key) => {
      const hashes = isBare ? hashDirectoryLower(key) : hashDirectoryMixed(key);
      return join(gitDirectory, 'annex/objects', hashes, keyFile(key));
    },
  };
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8);
}

/** The modes of a content, its directory, the hash directories and the object directory. */
function modesAbove(repository: Repository, key: Key): readonly string[] {
  const directory = repository.objectDirectory(key);
  const above = ['', '..', '../..', '../../..'].map((up) => modeOf(join(directory, up)));
  return [modeOf(join(directory, keyFile(key))), ...above];
}

/** Stores a content with the real program, over its own protocol. */
async function putByGitAnnex(repository: Repository, key: Key, content: Buffer): Promise<void> {
  const shell = await openShell(repository);
  shell.say(`PUT file ${serializeKey(key)}\n`);
  expect(await shell.line()).toBe('PUT-FROM 0');
  shell.say(`DATA ${content.length}\n${content.toString('latin1')}VALID\n`);
  expect(await shell.line()).toBe('SUCCESS');
  await shell.end();
}

async function openShell(repository: Repository): Promise<Talker> {
  const client = '11111111-1111-4111-8111-111111111111';
  const shell = talk('git-annex-shell', 'p2pstdio', repository.directory, client);
  expect(await shell.line()).toMatch(/^AUTH-SUCCESS /);
  shell.say('VERSION 2\n');
  expect(await shell.line()).toBe('VERSION 2');
  return shell;
}

function dropByGitAnnex(repository: Repository, key: Key): { ok: boolean; said: string } {
  const words = [
    '-C',
    repository.directory,
    'annex',
    'drop',
    '--force',
    '--key',
    serializeKey(key),
  ];
  const run = spawnSync('git', words, { env: gitEnvironment, encoding: 'utf8' });
  return { ok: run.status === 0, said: run.stdout + run.stderr };
}

const kinds = [
  { name: 'bare', isBare: true },
  { name: 'bare, shared with the group', isBare: true, shared: 'group' },
  { name: 'bare, shared with all', isBare: true, shared: 'all' },
  { name: 'bare, shared as 0640', isBare: true, shared: '0640' },
  { name: 'with a work tree', isBare: false },
  { name: 'with a work tree, shared with the group', isBare: false, shared: 'group' },
] as const;

describe.skipIf(!hasGitAnnex).for(someOf(kinds, 2))('a repository $name', (kind) => {
  const shared = 'shared' in kind ? kind.shared : undefined;

  it('accepts an object that ballast stored, and has given its own the same modes', async () => {
    const repository = makeRepository(kind.isBare, shared);
    const content = Buffer.from('stored by ballast');
    const key = sha256Key(content);
    const theirs = Buffer.from('stored by git-annex');

    await put(repository.store, key, content);
    await putByGitAnnex(repository, sha256Key(theirs), theirs);

    const uuid = git(repository.directory, 'config', 'annex.uuid').trim();
    git(repository.directory, 'annex', 'setpresentkey', serializeKey(key), uuid, '1');
    git(repository.directory, 'annex', 'fsck', '--key', serializeKey(key));
    const place = git(repository.directory, 'annex', 'contentlocation', serializeKey(key)).trim();
    expect(readFileSync(join(repository.directory, place))).toEqual(content);
    expect(git(repository.directory, 'annex', 'whereis', '--key', serializeKey(key))).toContain(
      uuid,
    );
    expect(modesAbove(repository, key)).toEqual(modesAbove(repository, sha256Key(theirs)));
  });

  it('gives lock files the modes of git-annex', async () => {
    const repository = makeRepository(kind.isBare, shared);
    const content = Buffer.from('to be kept');
    const key = sha256Key(content);
    await put(repository.store, key, content);
    const modes = (): object => {
      const names = readdirSync(repository.objectDirectory(key)).sort();
      // git-annex gives the retention file the umask's mode even where the repository is shared.
      const kept = names.filter((name) => !name.endsWith('.rtm'));
      const there = kept.map((name) => [name, modeOf(join(repository.objectDirectory(key), name))]);
      return { names, there, directory: modeOf(repository.objectDirectory(key)) };
    };

    const lock = await repository.store.lock(key);
    const ours = modes();
    await lock?.release();
    const shell = await openShell(repository);
    shell.say(`LOCKCONTENT ${serializeKey(key)}\n`);
    expect(await shell.line()).toBe('SUCCESS');

    expect(ours).toEqual(modes());
    await shell.end();
  });

  it('drops what ballast stored, and ballast what it stored, leaving nothing behind', async () => {
    const repository = makeRepository(kind.isBare, shared);
    const content = Buffer.from('to be dropped');
    const key = sha256Key(content);
    const objects = join(repository.gitDirectory, 'annex/objects');

    await put(repository.store, key, content);
    expect(dropByGitAnnex(repository, key).ok).toBe(true);
    expect(await repository.store.has(key)).toBe(false);
    expect(await repository.store.remove(key)).toBe('absent');
    await putByGitAnnex(repository, key, content);
    expect(await get(repository.store, key)).toEqual(content);
    expect(await repository.store.remove(key)).toBe('removed');

    expect(readdirSync(objects)).toEqual([]);
  });
});

describe.skipIf(!hasGitAnnex)('content locks against the real program', () => {
  async function stored(): Promise<Repository & { key: Key }> {
    const repository = makeRepository(true);
    const content = Buffer.from('precious');
    await put(repository.store, sha256Key(content), content);
    return { ...repository, key: sha256Key(content) };
  }

  it('keeps git annex drop --force away until the last lock is released', async () => {
    const repository = await stored();
    const [one, two] = [
      await repository.store.lock(repository.key),
      await repository.store.lock(repository.key),
    ];

    expect(dropByGitAnnex(repository, repository.key).said).toContain('content is locked');
    await one?.release();
    expect(dropByGitAnnex(repository, repository.key).said).toContain('content is locked');
    await two?.release();
    expect(readdirSync(repository.objectDirectory(repository.key))).toHaveLength(1);
    expect(dropByGitAnnex(repository, repository.key).ok).toBe(true);
  });

  it('keeps it away for ten minutes after the locking process was killed', async () => {
    const repository = await stored();
    const keyText = serializeKey(repository.key);
    const worker = storeWorker(repository.gitDirectory, 'bare', 'holdLock', keyText);
    expect(await worker.line()).toBe('locked');
    await worker.kill();

    expect(dropByGitAnnex(repository, repository.key).said).toContain('content is locked');
    expect(await repository.store.remove(repository.key)).toBe('locked');
    const later = new ObjectStore({
      gitDirectory: repository.gitDirectory,
      isBare: true,
      system: machineLater(601_000),
    });
    expect(await later.remove(repository.key)).toBe('removed');
    expect(existsSync(repository.objectDirectory(repository.key))).toBe(false);
  });

  it('keeps it away after a lock was abandoned', async () => {
    const repository = await stored();
    const lock = await repository.store.lock(repository.key);
    await lock?.leave();

    expect(dropByGitAnnex(repository, repository.key).said).toContain('content is locked');
    expect(await repository.store.remove(repository.key)).toBe('locked');
    // A lock that comes and goes must not cut the first one's promise short.
    await (await repository.store.lock(repository.key))?.release();
    expect(await repository.store.remove(repository.key)).toBe('locked');
    expect(dropByGitAnnex(repository, repository.key).said).toContain('content is locked');
  });

  it('is kept away by a lock of git-annex-shell, living or killed', async () => {
    const repository = await stored();
    const shell = await openShell(repository);
    shell.say(`LOCKCONTENT ${serializeKey(repository.key)}\n`);
    expect(await shell.line()).toBe('SUCCESS');

    expect(await repository.store.remove(repository.key)).toBe('locked');
    await (await repository.store.lock(repository.key))?.release();
    expect(await repository.store.remove(repository.key)).toBe('locked');
    await shell.kill();
    expect(await repository.store.remove(repository.key)).toBe('locked');
    await (await repository.store.lock(repository.key))?.release();
    expect(await repository.store.remove(repository.key)).toBe('locked');
    expect(dropByGitAnnex(repository, repository.key).said).toContain('content is locked');
  });

  it('removes again once git-annex-shell has unlocked', async () => {
    const repository = await stored();
    const shell = await openShell(repository);
    shell.say(`LOCKCONTENT ${serializeKey(repository.key)}\n`);
    expect(await shell.line()).toBe('SUCCESS');
    shell.say('UNLOCKCONTENT\n');
    await shell.end();

    expect(await repository.store.remove(repository.key)).toBe('removed');
  });
});

describe.skipIf(!hasGitAnnex)('uploads against the real program', () => {
  it('refuses git-annex-shell a key that ballast is receiving', async () => {
    const repository = makeRepository(true);
    const content = Buffer.from('wanted by two');
    const deposit = await begin(repository.store, sha256Key(content));
    await deposit.start(0);
    await deposit.write(content);

    const shell = await openShell(repository);
    shell.say(`PUT file ${serializeKey(sha256Key(content))}\n`);
    expect(await shell.line()).toBe('PUT-FROM 13');
    shell.say(`DATA 0\nVALID\n`);
    expect(await shell.line()).toBeUndefined();
    await shell.end();
    await deposit.commit();

    expect(await get(repository.store, sha256Key(content))).toEqual(content);
  });

  it('waits while git-annex-shell is receiving the key, and goes on where that ended', async () => {
    const repository = makeRepository(true);
    const content = Buffer.alloc(2_000_000, 'half by each');
    const key = sha256Key(content);
    const shell = await openShell(repository);
    shell.say(`PUT file ${serializeKey(key)}\n`);
    expect(await shell.line()).toBe('PUT-FROM 0');
    shell.say(`DATA ${content.length}\n${content.subarray(0, 1_000_000).toString('latin1')}`);
    while ((await repository.store.partialSizeBytes(key)) === 0) await new Promise(setImmediate);

    const hasty = repository.store.deposit(key, { waitMs: 100 });
    await expect(hasty).rejects.toMatchObject({ code: 'DEPOSIT_BUSY' });
    const patient = repository.store.deposit(key);
    await shell.kill();
    const deposit = await patient;

    if (deposit === 'present') throw new Error('present after half an upload');
    expect(deposit.offsetBytes).toBeGreaterThan(0);
    await deposit.start(deposit.offsetBytes);
    await deposit.write(content.subarray(deposit.offsetBytes));
    await deposit.commit();
    git(repository.directory, 'annex', 'fsck', '--key', serializeKey(key));
  });

  it('leaves a partial that git-annex-shell goes on with', async () => {
    const repository = makeRepository(false);
    const content = Buffer.from('first half, second half');
    const key = sha256Key(content);
    const deposit = await begin(repository.store, key);
    await deposit.start(0);
    await deposit.write(content.subarray(0, 11));
    await deposit.abandon('keep');

    const shell = await openShell(repository);
    shell.say(`PUT file ${serializeKey(key)}\n`);
    expect(await shell.line()).toBe('PUT-FROM 11');
    shell.say(`DATA 12\n${content.subarray(11).toString()}VALID\n`);
    expect(await shell.line()).toBe('SUCCESS');
    await shell.end();

    expect(await get(repository.store, key)).toEqual(content);
  });

  it('finds and removes a content in the other layout', async () => {
    const bare = makeRepository(true);
    const content = Buffer.from('from before git clone --bare');
    await putByGitAnnex(bare, sha256Key(content), content);
    const asWorkTree = new ObjectStore({ gitDirectory: bare.gitDirectory, isBare: false });

    expect(await get(asWorkTree, sha256Key(content))).toEqual(content);
    expect(await asWorkTree.deposit(sha256Key(content))).toBe('present');
    const lock = await asWorkTree.lock(sha256Key(content));
    expect(dropByGitAnnex(bare, sha256Key(content)).said).toContain('content is locked');
    await lock?.release();
    expect(await asWorkTree.remove(sha256Key(content))).toBe('removed');
  });

  it('stores keys of strange bytes where git-annex looks for them', async () => {
    const repository = makeRepository(true);
    for (const text of ['FOO-s3--a/b&c%d:e', 'FOO-s3--../../x', 'FOO-s3--ünï\u0301']) {
      const key = keyOf(text);
      await put(repository.store, key, Buffer.from('abc'));
      const place = git(repository.directory, 'annex', 'contentlocation', text).trim();
      expect(existsSync(join(repository.directory, place))).toBe(true);
    }
  });
});
