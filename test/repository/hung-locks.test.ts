import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Disk } from '../../src/repository/files/disk.ts';
import { Disks } from '../../src/repository/files/disks.ts';
import { systemCalls, type SystemCalls } from '../../src/repository/files/system-calls.ts';
import { thisMachine } from '../../src/repository/index.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** Numbers of file systems, as statfs(2) gives them. */
const types = { ext4: 0xef53n, nfs: 0x6969n };

/** A machine on which everything is on such a file system, which can be made to keep back locks. */
function machine(type: bigint): {
  readonly calls: SystemCalls;
  /** How locks were asked for. */
  readonly asked: string[];
  hang(kind: string): void;
  answer(): void;
} {
  const { aside, locks } = systemCalls;
  const asked: string[] = [];
  let hanging = '';
  let answers = Promise.resolve();
  let answer = (): void => undefined;
  return {
    asked,
    hang: (kind) => {
      hanging = kind;
      answers = new Promise((resolve) => {
        answer = resolve;
      });
    },
    answer: () => answer(),
    calls: {
      ...systemCalls,
      aside: {
        ...aside,
        statfs: async (path) => Object.assign(await aside.statfs(path), { type }),
      },
      locks: {
        inLine: {
          ...locks.inLine,
          set: (fd, kind) => {
            asked.push(`${kind} in line`);
            return locks.inLine.set(fd, kind);
          },
        },
        aside: {
          ...locks.aside,
          set: async (fd, kind) => {
            asked.push(`${kind} aside`);
            if (kind === hanging) await answers;
            return await locks.aside.set(fd, kind);
          },
        },
      },
    },
  };
}

/** A disk whose file system is known. */
async function known(disks: Disks, directory: string): Promise<Disk> {
  const disk = disks.at(directory);
  await disk.status(directory);
  await sleep(20);
  return disk;
}

function lockPath(): { readonly directory: string; readonly path: string } {
  const directory = temporaryDirectory();
  const path = join(directory, 'file.lck');
  writeFileSync(path, '');
  return { directory, path };
}

it('asks for locks over a network aside, where they may hang', async () => {
  const { directory, path } = lockPath();
  const network = machine(types.nfs);
  const disks = new Disks({ calls: network.calls, threads: 4 });
  await disks.declareVital(directory);
  const disk = await known(disks, directory);
  const held = await thisMachine.locks.tryLock(path, 'exclusive', { disk });
  expect(held).toBeDefined();
  expect(await thisMachine.locks.tryLock(path, 'shared', { disk })).toBeUndefined();

  network.hang('none');
  held?.release();
  const next = thisMachine.locks.tryLock(path, 'exclusive', { disk });
  const isOver = await Promise.race([
    Promise.all([held?.released, next]).then(() => true),
    sleep(50).then(() => false),
  ]);
  network.answer();

  expect(isOver).toBe(false);
  // Whoever comes after a release finds it unlocked.
  const found = await next;
  expect(found).toBeDefined();
  found?.release();
  await found?.released;
  expect(network.asked).toEqual(
    ['exclusive', 'shared', 'none', 'exclusive', 'none'].map((kind) => `${kind} aside`),
  );
});

it('lets locks that hang take no more threads than their disk has', async () => {
  const { directory, path } = lockPath();
  const network = machine(types.nfs);
  const disks = new Disks({ calls: network.calls, threads: 4 });
  const disk = await known(disks, directory);

  network.hang('shared');
  const all = Array.from({ length: 20 }, () => thisMachine.locks.tryLock(path, 'shared', { disk }));
  await sleep(50);
  const taken = network.asked.length;
  network.answer();

  expect(taken).toBe(2);
  for (const lock of await Promise.all(all)) lock?.release();
});

it('asks for locks of a local disk in line, which a frozen one answers, too', async () => {
  const { directory, path } = lockPath();
  const local = machine(types.ext4);
  const disk = await known(new Disks({ calls: local.calls }), directory);

  local.hang('exclusive');
  const held = await thisMachine.locks.tryLock(path, 'exclusive', { disk });
  held?.release();
  const next = await thisMachine.locks.tryLock(path, 'exclusive', { disk });
  next?.release();

  expect(next).toBeDefined();
  expect(local.asked).toEqual(
    ['exclusive', 'none', 'exclusive', 'none'].map((kind) => `${kind} in line`),
  );
});
