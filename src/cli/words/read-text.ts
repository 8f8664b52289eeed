import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { UserError, unreadable } from '../errors.ts';
import { firstUndecodable } from './lines.ts';

/** The text of a file, which must be UTF-8. */
export async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  if (!isUtf8(bytes)) {
    throw new UserError(`${file} is not UTF-8 text: byte ${firstUndecodable(bytes) + 1} is none.`);
  }
  return bytes.toString('utf8');
}
