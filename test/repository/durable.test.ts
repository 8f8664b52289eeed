import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  machineClock,
  ownDisk,
  renameDurably,
  writeFileDurably,
} from '../../src/repository/index.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

it('replaces a file whole and leaves nothing else behind', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'log');
  writeFileSync(path, 'old');

  await writeFileDurably(
    { path, content: 'new', clock: machineClock, temporaryDirectory: directory, mode: 0o664 },
    ownDisk,
  );

  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).mode & 0o777).toBe(0o664);
  expect(readdirSync(directory)).toEqual(['log']);
});

it('leaves the old file and nothing else when it cannot write', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'missing', 'log');

  const failure = writeFileDurably(
    { path, content: 'new', clock: machineClock, temporaryDirectory: directory },
    ownDisk,
  );

  await expect(failure).rejects.toThrow('ENOENT');
  expect(readdirSync(directory)).toEqual([]);
});

it('renames names of any bytes', async () => {
  const directory = Buffer.from(`${temporaryDirectory()}/`);
  const from = Buffer.concat([directory, Buffer.from([0xff, 0x41])]);
  const to = Buffer.concat([directory, Buffer.from([0xfe, 0x41])]);
  writeFileSync(from, 'bytes');

  await renameDurably({ from, to }, ownDisk);

  expect(readFileSync(to, 'utf8')).toBe('bytes');
});
