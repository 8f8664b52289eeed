import { chmodSync, existsSync, mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import type { MachineDisk } from '../../src/repository/files/machine-disk.ts';
import { MachineDisks } from '../../src/repository/files/machine-disks.ts';
import { systemCalls } from '../../src/repository/files/system-calls.ts';
import { ObjectLayout, ObjectStore } from '../../src/repository/index.ts';
import { decodeText } from '../../src/units/index.ts';
import { put, sha256Key, temporaryDirectory } from '../support/objects.ts';

const content = Buffer.from('0123456789');
const key = sha256Key(content);

/** Something that happens once. */
class Event {
  readonly happened: Promise<void>;
  happen: () => void = () => undefined;

  constructor() {
    this.happened = new Promise((resolve) => {
      this.happen = resolve;
    });
  }
}

type Call = 'chmod' | 'mkdir' | 'unlink' | 'lstat';

/** Asked before the disk does what a call is for; for one that only looks, before it answers. */
type Before = (call: Call, path: string) => Promise<void> | void;

interface Kept {
  readonly store: ObjectStore;
  readonly disk: MachineDisk;
  readonly disks: MachineDisks;
  readonly directory: string;
  /** Where the content is. */
  readonly path: string;
}

/** A store that has the content, on a disk whose calls wait for `before`. */
async function kept(
  before: (call: Call, isContent: boolean) => Promise<void> | void,
): Promise<Kept> {
  const directory = temporaryDirectory();
  await put(new ObjectStore({ gitDirectory: directory, isBare: true }), key, content);
  const [location] = new ObjectLayout({ gitDirectory: directory, isBare: true }).locations(key);
  const path = decodeText(location?.content ?? Buffer.of());
  const disks = new MachineDisks({
    threads: 4,
    calls: callsAfter((call, at) => before(call, at === path)),
  });
  const disk = disks.at(directory);
  const store = new ObjectStore({ gitDirectory: directory, isBare: true, disk });
  return { store, disk, disks, directory, path };
}

function callsAfter(before: Before): typeof systemCalls {
  const { aside } = systemCalls;
  return {
    ...systemCalls,
    aside: {
      ...aside,
      chmod: async (path, mode) => {
        await before('chmod', String(path));
        await aside.chmod(path, mode);
      },
      mkdir: async (path, mode) => {
        await before('mkdir', String(path));
        await aside.mkdir(path, mode);
      },
      unlink: async (path) => {
        await before('unlink', String(path));
        await aside.unlink(path);
      },
      lstat: async (path) => {
        const status = await aside.lstat(path);
        await before('lstat', String(path));
        return status;
      },
    },
  };
}

/** What comes first: an answer, or several to other questions, one after the other. */
async function waitsFor(answer: Promise<unknown>, { disk, directory }: Kept): Promise<boolean> {
  const others = async (): Promise<boolean> => {
    for (let i = 0; i < 10; i += 1) await disk.status(directory);
    return true;
  };
  return await Promise.race([answer.then(() => false), others()]);
}

it('deletes nothing when a removal is refused while the directory is opened for it', async () => {
  const opening = new Event();
  const thaw = new Event();
  let unlinks = 0;
  const { store, path } = await kept(async (call, isContent) => {
    if (call === 'unlink' && isContent) {
      unlinks += 1;
      if (unlinks === 1) throw Object.assign(new Error('write protected'), { code: 'EACCES' });
    }
    if (call !== 'chmod') return;
    opening.happen();
    await thaw.happened;
  });
  let isWanted = true;

  const removal = store.remove(key, () => isWanted);
  await opening.happened;
  isWanted = false;
  thaw.happen();

  expect(await removal).toBe('late');
  expect([unlinks, existsSync(path)]).toEqual([1, true]);
  expect(await store.has(key)).toBe(true);
});

it('deletes nothing when a removal is refused while its call waits for the disk', async () => {
  const thaw = new Event();
  const { store, disk, disks, directory, path } = await kept((call) =>
    call === 'mkdir' ? thaw.happened : undefined,
  );
  let isWanted = true;
  let others: Promise<unknown> | undefined;
  const mayRemove = (): boolean => {
    // As many changes as the disk takes hang from here on.
    others ??= Promise.all(
      ['a', 'b', 'c'].map(async (name) => disk.makeDirectory(`${directory}/${name}`, 0o700)),
    );
    return isWanted;
  };
  const bound = async () => disks.bound(`devices ${(await disk.status(directory))?.dev}`, true);

  const removal = store.remove(key, mayRemove);
  while ((await bound()).waiting < 2) await disk.status(directory);
  isWanted = false;
  thaw.happen();

  expect(await removal).toBe('late');
  await others;
  expect(existsSync(path)).toBe(true);
});

it('asks once more before it deletes in line', async () => {
  const { path, disks, disk, directory } = await kept(() => undefined);
  await disks.declareVital(directory);
  while (!disk.isVital) await disk.status(directory);
  const store = new ObjectStore({ gitDirectory: directory, isBare: true, disk });
  const answers = [true, false];

  expect(await store.remove(key, () => answers.shift() ?? true)).toBe('late');

  expect([answers, existsSync(path)]).toEqual([[], true]);
});

it('ends a removal whose time is over once the content is gone', async () => {
  let isWanted = true;
  let refused = 0;
  const { store, path } = await kept((call, isContent) => {
    if (call !== 'unlink' || isContent || refused > 0) return;
    refused += 1;
    isWanted = false;
    throw Object.assign(new Error('write protected'), { code: 'EACCES' });
  });

  expect(await store.remove(key, () => isWanted)).toBe('removed');

  expect([refused, existsSync(dirname(path))]).toEqual([1, false]);
});

it('leaves a file that is not the content where it is when its removal is refused', async () => {
  const { store, path } = await kept(() => undefined);
  chmodSync(path, 0o600);
  truncateSync(path, 3);
  const answers = [true, false];

  expect(await store.remove(key, () => answers.shift() ?? true)).toBe('late');

  expect(statSync(path).size).toBe(3);
});

it('has removed a content when only what is none in another place is left', async () => {
  const { store, path, directory } = await kept(() => undefined);
  const [, second] = new ObjectLayout({ gitDirectory: directory, isBare: true }).locations(key);
  const other = decodeText(second?.content ?? Buffer.of());
  mkdirSync(dirname(other), { recursive: true });
  writeFileSync(other, 'none');
  const answers = [true, true, false];

  expect(await store.remove(key, () => answers.shift() ?? true)).toBe('removed');

  expect([existsSync(path), existsSync(other)]).toEqual([false, true]);
});

it('says nothing of a content that the disk is deleting', async () => {
  const deleting = new Event();
  const thaw = new Event();
  const there = await kept(async (call, isContent) => {
    if (call !== 'unlink' || !isContent) return;
    deleting.happen();
    await thaw.happened;
  });
  const { store } = there;

  const removal = store.remove(key);
  await deleting.happened;
  const has = Promise.resolve(store.has(key));
  const lock = store.lock(key);
  const deposit = store.deposit(key);

  expect(await waitsFor(Promise.race([has, lock, deposit]), there)).toBe(true);
  expect(await store.has(sha256Key(Buffer.from('another')))).toBe(false);
  thaw.happen();
  expect([await removal, await has, await lock]).toEqual(['removed', false, undefined]);
  const begun = await deposit;
  expect(begun).not.toBe('present');
  if (begun !== 'present') await begun.abandon('delete');
});

it('says nothing of it either where a question is answered at once', async () => {
  const deleting = new Event();
  const thaw = new Event();
  const { store, disk, directory, disks } = await kept(async (call, isContent) => {
    if (call !== 'unlink' || !isContent) return;
    deleting.happen();
    await thaw.happened;
  });
  await disks.declareVital(directory);
  while (!disk.isVital) await disk.status(directory);
  expect(await store.has(key)).toBe(true);
  // After a slow call the next ones are made aside, for a while.
  await disk.ask(
    () => {
      for (const startMs = performance.now(); performance.now() - startMs < 10; );
    },
    () => Promise.resolve(),
  );

  const removal = store.remove(key);
  await deleting.happened;
  while (disk.status(directory) instanceof Promise);
  const has = store.has(key);

  expect(has).toBeInstanceOf(Promise);
  thaw.happen();
  expect([await removal, await has]).toEqual(['removed', false]);
});

it('says that a content is there when the disk has not deleted it after all', async () => {
  const deleting = new Event();
  const thaw = new Event();
  const { store } = await kept(async (call, isContent) => {
    if (call !== 'unlink' || !isContent) return;
    deleting.happen();
    await thaw.happened;
    throw Object.assign(new Error('broken'), { code: 'EIO' });
  });

  const removal = store.remove(key).catch(() => 'failed');
  await deleting.happened;
  const has = store.has(key);
  thaw.happen();

  expect([await removal, await has]).toEqual(['failed', true]);
});

it('does not say that a content is there which is being deleted since it was looked for', async () => {
  const looked = new Event();
  const answered = new Event();
  const deleting = new Event();
  const thaw = new Event();
  let isFirst = true;
  const there = await kept(async (call, isContent) => {
    if (call === 'lstat' && isContent && isFirst) {
      isFirst = false;
      looked.happen();
      await answered.happened;
    }
    if (call !== 'unlink' || !isContent) return;
    deleting.happen();
    await thaw.happened;
  });
  const { store } = there;

  const has = Promise.resolve(store.has(key));
  await looked.happened;
  const removal = store.remove(key);
  await deleting.happened;
  answered.happen();

  expect(await waitsFor(has, there)).toBe(true);
  thaw.happen();
  expect([await removal, await has]).toEqual(['removed', false]);
});
