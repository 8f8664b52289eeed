import { execFileSync } from 'node:child_process';
import { closeSync, constants, open, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ObjectStore } from '../../src/repository/index.ts';
import { begin, sha256Key } from '../support/objects.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** Threads that libuv has for calls that are made aside. */
const threads = 4;

/** Keeps all threads busy, as a hung disk does, until it is called. */
async function hang(directory: string): Promise<() => Promise<void>> {
  const pipes = Array.from({ length: threads }, (_, at) => join(directory, `pipe${at}`));
  for (const pipe of pipes) execFileSync('mkfifo', [pipe]);
  const opening = pipes.map(
    (pipe) =>
      new Promise<number>((resolve) => {
        open(pipe, 'r', (_, fd) => resolve(fd));
      }),
  );
  await sleep(50);
  return async () => {
    const ends = pipes.map((pipe) => openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK));
    for (const fd of [...(await Promise.all(opening)), ...ends]) closeSync(fd);
  };
}

it('writes into no other file when an upload is given up in the middle of a write', async () => {
  const directory = temporaryDirectory();
  const store = new ObjectStore({ gitDirectory: directory, isBare: true, diskReserveBytes: 0 });
  const bytes = Buffer.alloc(256 * 1024, 'x');
  await store.has(sha256Key(bytes));
  await sleep(50); // it knows the disk for a local one
  const deposit = await begin(store, sha256Key(bytes));
  await deposit.start(0);

  const goOn = await hang(directory);
  const writing = deposit.write(bytes).catch(() => undefined);
  const given = deposit.abandon('keep');
  await Promise.race([given, sleep(200)]);
  const others = Array.from({ length: 24 }, (_, at) => join(directory, `other${at}`));
  const open = others.map((path) => openSync(path, 'w'));
  for (const fd of open) writeSync(fd, 'precious');
  await goOn();
  await Promise.all([writing, given]);

  const found = others.map((path) => readFileSync(path, 'latin1').slice(0, 20));
  for (const fd of open) closeSync(fd);
  expect(found).toEqual(others.map(() => 'precious'));
});
