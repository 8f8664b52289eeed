import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { writeFileDurably } from '../../repository/index.ts';
import { encodeText } from '../../units/index.ts';
import { UserError } from '../errors.ts';

/** How much is gathered before it is written, in UTF-16 code units. */
const chunkLength = 64 * 1024;

/**
 * Refuses a place that a file cannot be written to, before work is done in vain.
 * @throws UserError
 */
export async function assertWritable(path: string): Promise<void> {
  const status = await stat(path).catch(() => undefined);
  if (status?.isDirectory() === true) {
    throw new UserError(`${path} is a directory; name a file for the log.`);
  }
  const isInPlace = status !== undefined && !status.isFile();
  await access(isInPlace ? path : dirname(resolve(path)), constants.W_OK).catch(
    (cause: unknown) => {
      throw unwritable(path, cause);
    },
  );
}

/**
 * Writes lines to a file: all of them or none, apart from what is no ordinary file.
 * @throws UserError that says why it was not possible.
 */
export async function saveLines(path: string, lines: Iterable<string>): Promise<void> {
  try {
    const status = await stat(path).catch(() => undefined);
    if (status !== undefined && !status.isFile()) {
      const file = await open(path, 'w');
      try {
        await file.writeFile(chunksOf(lines));
      } finally {
        await file.close();
      }
      return;
    }
    const mode = 0o666 & ~process.umask();
    const temporaryDirectory = dirname(resolve(path));
    await writeFileDurably({ path, content: chunksOf(lines), temporaryDirectory, mode });
  } catch (error) {
    throw unwritable(path, error);
  }
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
  ['EROFS', 'the disk is read-only; name a file on another one'],
  ['ENOENT', 'its directory does not exist; make it or name another file'],
  ['ENOTDIR', 'what should be its directory is a file; name another file'],
]);

function unwritable(path: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const reason = reasons.get(code);
  if (reason === undefined) return cause;
  return new UserError(`${path} cannot be written: ${reason}.`);
}
