import { existsSync, mkdirSync, readlinkSync, realpathSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { createRepository, Disks, Repository, thisMachine } from '../../src/repository/index.ts';
import { makeDirectory, makeDirectoryDurably } from '../../src/repository/files/directories.ts';
import { fsyncDirectory } from '../../src/repository/files/durable.ts';
import { systemCalls } from '../../src/repository/files/system-calls.ts';
import { imaginaryUuid, presence } from '../support/branch.ts';
import { put, sha256Key } from '../support/objects.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** What was there of a directory when it was synced. */
let synced: { readonly path: string; readonly names: (name: string) => boolean }[];
let directory: string;

/** Disks that tell which directories are synced. */
const disks = new Disks({
  calls: {
    ...systemCalls,
    aside: {
      ...systemCalls.aside,
      fsync: (fd) => {
        const path = readlinkSync(`/proc/self/fd/${fd}`);
        const there = new Set(
          ['annex', 'objects', 'journal', 'new'].filter((name) => existsSync(join(path, name))),
        );
        synced.push({ path, names: (name) => there.has(name) });
        return systemCalls.aside.fsync(fd);
      },
    },
  },
});
const disk = disks.own();

beforeEach(() => {
  directory = realpathSync(temporaryDirectory());
  synced = [];
});

/** Whether a directory was synced while it had a name. */
function isNameSynced(parent: string, name: string): boolean {
  return synced.some(({ path, names }) => path === parent && names(name));
}

describe.skipIf(process.platform !== 'linux')('a directory', () => {
  test('that is synced when others want it synced too is synced once more, for all of them', async () => {
    const first = fsyncDirectory(directory, disk);
    mkdirSync(join(directory, 'new'));
    const others = [1, 2, 3].map(() => fsyncDirectory(directory, disk));
    await first;

    await Promise.all(others);

    expect(synced).toHaveLength(2);
    expect(isNameSynced(directory, 'new')).toBe(true);
  });

  test('has a durable name when it has been made, for all who ask at once', async () => {
    const path = Buffer.from(join(directory, 'new'));
    await Promise.all(
      [1, 2, 3].map(async () => {
        await makeDirectoryDurably(path, 0o2751, disk);
        expect(isNameSynced(directory, 'new')).toBe(true);
      }),
    );
    expect(synced).toHaveLength(1);
    expect(statSync(path).mode & 0o7777).toBe(0o2751);
    expect(await makeDirectory(path, 0o700, disk)).toBe(false);
    expect(statSync(path).mode & 0o7777).toBe(0o2751);
  });

  test('that cannot be made is told, and can be made later', async () => {
    const path = Buffer.from(join(directory, 'sub', 'new'));
    await expect(makeDirectoryDurably(path, 0o755, disk)).rejects.toThrow('ENOENT');
    mkdirSync(join(directory, 'sub'));
    await makeDirectoryDurably(path, 0o755, disk);
    expect(isNameSynced(join(directory, 'sub'), 'new')).toBe(true);
  });
});

describe.skipIf(process.platform !== 'linux')('the first directories of a repository', () => {
  test('are durable before what is in them is acknowledged', async () => {
    const place = join(directory, 'r.git');
    await createRepository(place, { uuid: imaginaryUuid(1), branch: [] });
    const annex = join(place, 'annex');
    rmSync(annex, { recursive: true, force: true });
    synced = [];

    const repository = await Repository.open(place, { system: { ...thisMachine, disks } });
    expect(isNameSynced(place, 'annex')).toBe(true);

    const content = Buffer.from('content');
    await put(repository.objects, sha256Key(content), content);
    expect(isNameSynced(annex, 'objects')).toBe(true);
    await repository.branch.change([presence('A-s1--a', imaginaryUuid(1))]);
    expect(isNameSynced(annex, 'journal')).toBe(true);
    await repository.close();
  });
});
