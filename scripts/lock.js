import { createHash } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Trouble } from './trouble.js';

/** A holder says this often that it lives, by the lock file's time. */
const beatMs = 2_000;
/** A lock whose holder said nothing for so long is a dead one's, whoever has its process id now. */
const staleMs = 60_000;
/** Longer than any set-up takes. */
const waitMsMax = 20 * 60_000;
const pollMs = 250;

/**
 * Does work that only one process at a time may do in this checkout: two `npm test` started
 * together must not both replace node_modules. The lock lives in the temporary folder, because
 * everything in the checkout that it could live in is replaced under it.
 * @param {string} root
 * @param {() => Promise<void>} work
 */
export async function alone(root, work) {
  const file = lockFile(root);
  await take(file);
  const beat = setInterval(() => {
    const now = new Date();
    // A lock that is gone was taken for a dead one's; there is nothing left to keep alive.
    utimes(file, now, now).catch(() => clearInterval(beat));
  }, beatMs);
  try {
    await work();
  } finally {
    clearInterval(beat);
    if ((await holderOf(file)) === process.pid) await rm(file, { force: true });
  }
}

/**
 * @param {string} root
 * @returns {string} the same for every process of this user in this checkout.
 */
export function lockFile(root) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  return join(tmpdir(), `ballast-setup-${process.getuid?.() ?? 'user'}-${name}.lock`);
}

/** @param {string} file */
async function take(file) {
  const deadlineMs = performance.now() + waitMsMax;
  for (let isFirst = true; !(await tryTake(file)); isFirst = false) {
    const holder = await holderOf(file);
    if (await isStale(file, holder)) {
      await removeStale(file, holder);
      continue;
    }
    if (isFirst) console.log(`set-up: waiting for the set-up that process ${holder} does here`);
    if (performance.now() > deadlineMs)
      throw new Trouble(
        `process ${holder} holds ${file}; end it, or delete that file, and try again`,
      );
    await sleep(pollMs);
  }
}

/**
 * @param {string} file
 * @returns {Promise<boolean>}
 */
async function tryTake(file) {
  try {
    await writeFile(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * @param {string} file
 * @returns {Promise<number | undefined>} undefined when there is no lock, or its holder is just
 * writing it.
 */
async function holderOf(file) {
  const text = await readFile(file, 'utf8').catch(() => '');
  return /^\d+\n$/.test(text) ? Number(text) : undefined;
}

/**
 * @param {string} file
 * @param {number | undefined} holder
 * @returns {Promise<boolean>}
 */
async function isStale(file, holder) {
  const times = await stat(file).catch(() => undefined);
  if (times === undefined) return false;
  if (Date.now() - times.mtimeMs > staleMs) return true;
  return holder !== undefined && !isAlive(holder);
}

/**
 * @param {number} pid
 * @returns {boolean}
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Moves the dead one's lock away before deleting it, so that of two who wait only one removes it.
 * @param {string} file
 * @param {number | undefined} holder
 */
async function removeStale(file, holder) {
  const aside = `${file}.${process.pid}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  const moved = await holderOf(aside);
  await rm(aside, { force: true });
  // The other one who waited was faster, and this was its new lock: give it back.
  if (moved !== undefined && moved !== holder)
    await writeFile(file, `${moved}\n`, { flag: 'wx' }).catch(() => undefined);
}
