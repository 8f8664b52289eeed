import { basename, dirname, resolve } from 'node:path';
import { decodeText, encodeText, parseWholeNumber } from '../../units/index.ts';
import { runGit } from './git.ts';

/** Longest path that is asked about: what git itself and file systems take. */
const pathLengthMax = 4096;

/**
 * annex.numcopies of .gitattributes for a file, as `git check-attr` says it in that repository: a
 * bare one looks only at its info/attributes (and at its newest commit, in some versions of git),
 * one with a work tree at the files there. git-annex asks the same git in the same place.
 * `undefined` when it is not set, is no number (spec/expressions.md section 6.6), or the path leads
 * out of the repository. Cost: starts a program, some milliseconds; nothing is kept, so a changed
 * file counts at once.
 */
export async function attributeNumcopies(
  directory: string,
  file: string,
): Promise<number | undefined> {
  if (!isWithin(file)) return undefined;
  const output = await runGit(['check-attr', '-z', '--stdin', 'annex.numcopies'], {
    directory: await topOf(directory),
    input: encodeText(`${file}\0`),
  });
  // Three texts, each with a NUL behind it: the path, the name of the attribute, its value.
  const value = decodeText(output).split('\0').at(2) ?? '';
  const number = parseWholeNumber(value);
  return number === undefined ? undefined : Number(number);
}

/** Git refuses what leads out of the repository; a client may have sent anything. */
function isWithin(file: string): boolean {
  const isPlain = file !== '' && file.length <= pathLengthMax && !file.includes('\0');
  return isPlain && !file.startsWith('/') && !file.split('/').includes('..');
}

/** Paths are relative to the top of the work tree; a bare repository has none. */
async function topOf(directory: string): Promise<string> {
  const up = await runGit(['rev-parse', '--show-cdup'], { directory });
  const top = resolve(directory, up.toString().replace(/\n$/, ''));
  return basename(top) === '.git' ? dirname(top) : top;
}
