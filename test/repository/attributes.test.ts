import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { attributeCopiesOf } from '../../src/repository/git/attributes.ts';
import { git } from '../support/git-annex.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();

/** A repository whose work tree wants three copies of what ends in `.three`. */
function repository(name: string): string {
  const path = join(directory, name);
  git(directory, 'init', '--quiet', path);
  const lines = [
    '*.three annex.numcopies=3',
    '*.odd annex.numcopies=many',
    '*.set annex.numcopies',
  ];
  writeFileSync(
    join(path, '.gitattributes'),
    [...lines, 'two\\ words annex.numcopies=2'].join('\n'),
  );
  return path;
}

/** annex.numcopies for a file. */
async function numcopies(where: string, file: string): Promise<number | undefined> {
  return (await attributeCopiesOf(where, file)).numcopies;
}

test('annex.mincopies of .gitattributes is told beside annex.numcopies, each where it is a number', async () => {
  const path = join(directory, 'both');
  git(directory, 'init', '--quiet', path);
  const lines = ['* annex.mincopies=2', 'both annex.numcopies=3', 'odd annex.mincopies=many'];
  writeFileSync(join(path, '.gitattributes'), lines.join('\n'));

  expect(await attributeCopiesOf(path, 'both')).toEqual({ numcopies: 3, mincopies: 2 });
  expect(await attributeCopiesOf(path, 'other')).toEqual({ numcopies: undefined, mincopies: 2 });
  expect(await attributeCopiesOf(path, 'odd')).toEqual({});
});

describe('annex.numcopies of .gitattributes', () => {
  test('is told for a file as it would be, there or not', async () => {
    const path = repository('tree');
    mkdirSync(join(path, 'a'));
    appendFileSync(join(path, 'a', '.gitattributes'), '*.three annex.numcopies=4\n');

    expect(await numcopies(path, 'x.three')).toBe(3);
    expect(await numcopies(path, 'b/c/x.three')).toBe(3);
    expect(await numcopies(path, 'a/x.three')).toBe(4);
    expect(await numcopies(path, 'x\n.three')).toBe(3);
    expect(await numcopies(path, 'x\udcff.three')).toBe(3);
  });

  test('is told from below the top of the work tree and from .git, by the path from the top', async () => {
    const path = repository('deep');
    mkdirSync(join(path, 'a'));

    expect(await numcopies(join(path, 'a'), 'x.three')).toBe(3);
    expect(await numcopies(join(path, '.git'), 'x.three')).toBe(3);
  });

  test.each([
    'x.one',
    'x.odd',
    'x.set',
    '/x.three',
    '../x.three',
    'a/../../x.three',
    '',
    'a\0.three',
  ])('is not there for %j', async (file) => {
    expect(await numcopies(repository('none'), file)).toBeUndefined();
  });

  test('of a bare repository is what its info/attributes says', async () => {
    const path = join(directory, 'bare.git');
    git(directory, 'init', '--quiet', '--bare', path);
    expect(await numcopies(path, 'x.three')).toBeUndefined();

    mkdirSync(join(path, 'info'), { recursive: true });
    writeFileSync(join(path, 'info', 'attributes'), '*.three annex.numcopies=5\n');

    expect(await numcopies(path, 'x.three')).toBe(5);
  });
});
