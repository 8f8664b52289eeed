/**
 * A process of its own that works on an ObjectStore, to be killed or watched by a test.
 * Arguments: git directory, `bare` or `worktree`, what to do, the text of a key, further words.
 */
import { writeSync } from 'node:fs';
import { ObjectStore } from '../../src/repository/objects/object-store.ts'; // not the door: it starts faster
import { keyOf, put } from './keys-and-contents.ts';

const [gitDirectory = '', kind = '', verb = '', keyText = '', ...words] = process.argv.slice(2);
const store = new ObjectStore({
  gitDirectory,
  isBare: kind === 'bare',
  diskReserveBytes: 0,
  lockStyle: () => (words.includes('object') ? 'object' : 'beside'),
  renewMs: verb === 'holdLock' && words[0] !== undefined ? Number(words[0]) : undefined,
});
const key = keyOf(keyText);

function say(text: string): void {
  writeSync(1, `${text}\n`);
}

/**
 * Holds a content lock, renewed every so many milliseconds, until killed, or until its input ends.
 */
async function holdLock(): Promise<void> {
  const lock = await store.lock(key);
  say(lock === undefined ? 'absent' : 'locked');
  process.stdin.resume();
  process.stdin.on('end', () => void lock?.release());
}

/** Holds a deposit with half of the bytes written until killed, or until its input ends. */
async function holdDeposit(): Promise<void> {
  const deposit = await store.deposit(key);
  if (deposit === 'present') return say('present');
  await deposit.start(deposit.offsetBytes);
  await deposit.write(Buffer.from(words[0] ?? '', 'latin1'));
  say('writing');
  process.stdin.resume();
  process.stdin.on('end', () => void deposit.abandon('keep'));
}

/** Stores the content once, against whoever else does. */
async function depositOnce(): Promise<void> {
  const content = Buffer.alloc(Number(key.sizeBytes ?? 0n), words[0] ?? 'x');
  const deposit = await store.deposit(key, { waitMs: 60_000 });
  if (deposit === 'present') return say('present');
  await deposit.start(0);
  for (let at = 0; at < content.length; at += 4096) {
    await deposit.write(content.subarray(at, at + 4096));
  }
  await deposit.commit();
  say('stored');
}

/** Deposits in two pieces, locks and removes over and over, saying when the content is durable. */
async function churn(): Promise<void> {
  const content = Buffer.alloc(Number(key.sizeBytes ?? 0n), 'x');
  for (;;) {
    const deposit = await store.deposit(key);
    if (deposit !== 'present') {
      await deposit.start(deposit.offsetBytes);
      const half = Math.floor((deposit.offsetBytes + content.length) / 2);
      await deposit.write(content.subarray(deposit.offsetBytes, half));
      await deposit.write(content.subarray(half));
      await deposit.commit();
    }
    say('stored');
    if (words[0] === 'lock') await (await store.lock(key))?.release();
    say('removing');
    await store.remove(key);
    say('removed');
  }
}

/** What an ordinary user can do: everything. */
async function everything(): Promise<void> {
  const content = Buffer.alloc(Number(key.sizeBytes ?? 0n), 'x');
  await put(store, key, content);
  const locks = [await store.lock(key), await store.lock(key)];
  say(await store.remove(key));
  for (const lock of locks) await lock?.release();
  say(await store.remove(key));
  say(await store.remove(key));
  await put(store, key, content);
  say(String(await store.has(key)));
}

const verbs: Readonly<Record<string, () => Promise<void>>> = {
  holdLock,
  holdDeposit,
  depositOnce,
  churn,
  everything,
};
await verbs[verb]?.();
