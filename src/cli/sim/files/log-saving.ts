import { constants } from 'node:fs';
import { access, open, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { machineClock, ownDisk, writeFileDurably } from '../../../repository/index.ts';
import { encodeText } from '../../../units/index.ts';
import { UserError } from '../../errors.ts';

/** How much is gathered before it is written, in UTF-16 code units. */
const chunkLength = 64 * 1024;

/**
 * Refuses a place that a file cannot be written to, before work is done in vain.
 * @throws UserError
 */
export async function assertWritable(path: string): Promise<void> {
  if (path === '') throw new UserError('the name of the file to write is empty; name one.');
  const status = await stat(path).catch(() => undefined);
  if (status?.isDirectory() === true) {
    throw new UserError(`${path} is a directory; name a file.`);
  }
  const isInPlace = status !== undefined && !status.isFile();
  const place = await placeOf(path);
  await access(isInPlace ? place : dirname(place), constants.W_OK).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
}

/**
 * Writes lines to a file: all of them or none, apart from what is no ordinary file.
 * @throws UserError that says why it was not possible.
 */
export async function saveLines(path: string, lines: Iterable<string>): Promise<void> {
  await save(path, () => chunksOf(lines));
}

/**
 * Writes a text to a file: all of it or nothing, apart from what is no ordinary file.
 * @throws UserError that says why it was not possible.
 */
export async function saveText(path: string, text: string): Promise<void> {
  await save(path, () => [encodeText(text)]);
}

async function save(path: string, content: () => Iterable<Uint8Array>): Promise<void> {
  try {
    const status = await stat(path).catch(() => undefined);
    if (status !== undefined && !status.isFile()) {
      const file = await open(path, 'w');
      try {
        await file.writeFile(content());
      } finally {
        await file.close();
      }
      return;
    }
    const mode = status === undefined ? 0o666 & ~process.umask() : status.mode & 0o777;
    const place = await placeOf(path);
    const temporaryDirectory = dirname(place);
    const clock = machineClock;
    const write = { path: place, content: content(), temporaryDirectory, mode, clock };
    await writeFileDurably(write, ownDisk);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** Where a file is: one that is renamed to a link, such as /dev/stdout, would take the place of it. */
async function placeOf(path: string): Promise<string> {
  return await realpath(path).catch(() => resolve(path));
}

function* chunksOf(lines: Iterable<string>): Generator<Uint8Array> {
  let chunk = '';
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < chunkLength) continue;
    yield encodeText(chunk);
    chunk = '';
  }
  if (chunk !== '') yield encodeText(chunk);
}

const reasons: ReadonlyMap<unknown, string> = new Map([
  ['ENOSPC', 'the disk is full; make room or name a file on another one'],
  ['EDQUOT', 'your quota is used up; make room or name a file on another disk'],
  ['EACCES', 'you may not write there; name another file'],
  ['EPERM', 'you may not write there; name another file'],
  ['ENAMETOOLONG', 'its name is too long; name another file'],
  ['ELOOP', 'links lead round in a circle there; name another file'],
  ['EIO', 'the disk is broken; name a file on another one'],
  ['EROFS', 'the disk is read-only; name a file on another one'],
  ['ENOENT', 'its directory does not exist; make it or name another file'],
  ['ENOTDIR', 'what should be its directory is a file; name another file'],
]);

/** What to tell of a file that cannot be written; the error itself when that is all there is to say. */
export function unwritable(path: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const reason = reasons.get(code);
  if (reason === undefined) return cause;
  return new UserError(`${path} cannot be written: ${reason}.`);
}
