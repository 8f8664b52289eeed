import { basename, dirname, resolve } from 'node:path';
import { decodeText, encodeText, parseWholeNumber } from '../../units/index.ts';
import { feed } from './feed.ts';
import { bufferOf, GitChild } from './git-child.ts';
import { runGit } from './git.ts';
import { nulSeparatedBatches } from './nul-separated.ts';

/** Longest path that is asked about: what git itself and file systems take. */
const pathLengthMax = 4096;

/** What .gitattributes say of the copies of a file; `undefined` where they say nothing. */
export interface AttributeCopies {
  readonly numcopies: number | undefined;
  readonly mincopies: number | undefined;
}

/**
 * annex.numcopies and annex.mincopies of .gitattributes for a file, as `git check-attr` says them in that
 * repository: a bare one looks only at its info/attributes (and at its newest commit, in some versions of
 * git), one with a work tree at the files there. git-annex asks the same git in the same place.
 * Neither is there when it is not set, is no number (spec/expressions.md section 6.6), or the path leads
 * out of the repository. Cost: starts a program, some milliseconds; nothing is kept, so a changed
 * file counts at once.
 */
export async function attributeCopiesOf(directory: string, file: string): Promise<AttributeCopies> {
  if (!isWithin(file)) return { numcopies: undefined, mincopies: undefined };
  const output = await runGit(['check-attr', '-z', '--stdin', ...copiesAttributes], {
    directory: await topOf(directory),
    input: encodeText(`${file}\0`),
  });
  // For each attribute three texts with a NUL behind each: the path, the name of the attribute, its value.
  const texts = decodeText(output).split('\0');
  return copiesIn([texts[2], texts[5]]);
}

/**
 * annex.numcopies and annex.mincopies of .gitattributes for many files of a tree, in their order, by one
 * program for all of them. They are named from the top of the repository.
 */
export async function* attributeCopies(
  directory: string,
  files: AsyncIterable<readonly string[]>,
): AsyncGenerator<AttributeCopies, void, undefined> {
  const child = new GitChild(['check-attr', '-z', '--stdin', ...copiesAttributes], {
    directory: await topOf(directory),
    // Answers many at once, since nobody waits for one.
    env: { GIT_FLUSH: '0' },
  });
  const asking = feed(child, nulEnded(files));
  // Awaited below; until then its failure only ends the child.
  asking.catch(() => child.kill());
  try {
    let values: string[] = [];
    let place = 0;
    for await (const texts of nulSeparatedBatches(buffersOf(child))) {
      for (const text of texts) {
        // Path, name of the attribute and its value, for each attribute of each path.
        place = (place + 1) % 3;
        if (place !== 0) continue;
        values.push(text);
        if (values.length < copiesAttributes.length) continue;
        yield copiesIn(values);
        values = [];
      }
    }
    await asking;
    await child.succeeded();
  } finally {
    child.kill();
  }
}

const copiesAttributes = ['annex.numcopies', 'annex.mincopies'];

async function* nulEnded(files: AsyncIterable<readonly string[]>): AsyncGenerator<string> {
  for await (const names of files) yield names.map((name) => `${name}\0`).join('');
}

async function* buffersOf(child: GitChild): AsyncGenerator<Buffer> {
  for await (const piece of child.stdout) yield bufferOf(piece);
}

/** Of the values of both, in their order. */
function copiesIn([numcopies, mincopies]: readonly (string | undefined)[]): AttributeCopies {
  return { numcopies: numberIn(numcopies), mincopies: numberIn(mincopies) };
}

function numberIn(value = ''): number | undefined {
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
