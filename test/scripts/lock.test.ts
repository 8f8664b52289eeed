import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { alone, lockFile } from '../../scripts/lock.js';

let root: string;

beforeEach(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  root = await mkdtemp(join(tmpdir(), 'ballast-lock-'));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(lockFile(root), { force: true });
  await rm(root, { recursive: true, force: true });
});

test('two set-ups in one checkout happen one after the other', async () => {
  const story: string[] = [];
  const work = async (): Promise<void> => {
    story.push('begins');
    for (let turns = 0; turns < 20; turns += 1) await turn();
    story.push('ends');
  };

  await Promise.all([alone(root, work), alone(root, work), alone(root, work)]);

  expect(story).toEqual(['begins', 'ends', 'begins', 'ends', 'begins', 'ends']);
  expect(existsSync(lockFile(root))).toBe(false);
});

test('the lock of a process that is gone holds nobody up', async () => {
  const gone = spawnSync(process.execPath, ['--version']).pid;
  await writeFile(lockFile(root), `${gone}\n`);
  const work = vi.fn<() => Promise<void>>(() => Promise.resolve());

  await alone(root, work);

  expect(work).toHaveBeenCalledOnce();
});

test('a lock whose holder has been silent holds nobody up, whoever has its number now', async () => {
  await writeFile(lockFile(root), `${process.pid}\n`);
  const longAgo = new Date(Date.now() - 10 * 60_000);
  await utimes(lockFile(root), longAgo, longAgo);
  const work = vi.fn<() => Promise<void>>(() => Promise.resolve());

  await alone(root, work);

  expect(work).toHaveBeenCalledOnce();
});

test('the lock is given back when the work fails', async () => {
  const failing = alone(root, () => Promise.reject(new Error('no')));

  await expect(failing).rejects.toThrow('no');
  expect(existsSync(lockFile(root))).toBe(false);
});
