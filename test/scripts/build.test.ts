import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { build } from '../../scripts/build.js';
import { Trouble } from '../../scripts/trouble.js';

const modules = join(import.meta.dirname, '..', '..', 'node_modules');
/** What a build needs of them. */
const packages = ['@noble', 'commander', 'ohm-js', 'typescript', 'valibot'];
const settings = {
  compilerOptions: {
    target: 'ES2023',
    declaration: true,
    module: 'NodeNext',
    lib: ['ES5'],
    types: [],
    skipLibCheck: true,
    rootDir: 'src',
    outDir: 'dist',
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    rewriteRelativeImportExtensions: true,
  },
  include: ['src'],
};

/** The recogniser by a module, the type by its types alone. */
const words = `import './language.ohm-bundle.js';
import type { Word } from './word.ts';
export const word: Word = { text: '' };
`;

let root: string;
const commandLine = (): string => join(root, 'src', 'cli', 'index.ts');
const bundled = (): Promise<string> => readFile(join(root, 'dist', 'program', 'main.js'), 'utf8');

beforeEach(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  root = await mkdtemp(join(tmpdir(), 'ballast build '));
  await mkdir(join(root, 'node_modules'));
  for (const name of packages) await symlink(join(modules, name), join(root, 'node_modules', name));
  await mkdir(join(root, 'src', 'words'), { recursive: true });
  await writeFile(join(root, 'package.json'), '{ "type": "module" }');
  await writeFile(join(root, 'tsconfig.json'), JSON.stringify(settings));
  await mkdir(join(root, 'src', 'cli'));
  await writeFile(join(root, 'src', 'ballast.ts'), "import './cli/index.ts';\n");
  await writeFile(commandLine(), 'export const answer: number = 42;\n');
  await writeFile(join(root, 'src', 'words', 'language.ohm-bundle.js'), 'export default 1;\n');
  await writeFile(join(root, 'src', 'words', 'language.ohm-bundle.d.ts'), 'export {};\n');
  await writeFile(join(root, 'src', 'words', 'index.ts'), words);
  await writeFile(join(root, 'src', 'words', 'word.ts'), 'export type Word = { text: string };\n');
  await writeFile(join(root, 'src', 'index.ts'), "export * from './words/index.ts';\n");
  await mkdir(join(root, 'src', 'desk'));
  await writeFile(join(root, 'src', 'desk', 'index.ts'), 'export const desk: number = 1;\n');
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(root, { recursive: true, force: true });
});

test('makes an executable program, with the recognisers where the sources have them', async () => {
  await build(root);

  const program = join(root, 'dist', 'ballast.js');
  expect((await stat(program)).mode & 0o111).toBe(0o111);
  expect(await readFile(program, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n.*program\/main\.js/s);
  expect(await bundled()).toContain('answer = 42');
  expect(await readdir(join(root, 'dist', 'program'))).toEqual(
    expect.arrayContaining(['@noble-hashes.LICENSE.md', 'commander.LICENSE.md']),
  );
  expect(await readdir(join(root, 'dist', 'words'))).toEqual([
    'index.d.ts',
    'index.js',
    'language.ohm-bundle.d.ts',
    'language.ohm-bundle.js',
    'word.d.ts',
    'word.js',
  ]);
  expect(await readdir(join(root, 'node_modules'))).toEqual(packages);
});

test('leaves out the modules that no door of the library leads to', async () => {
  await build(root);

  const built = await readdir(join(root, 'dist'));
  expect(built.toSorted()).toEqual([
    '.built-from',
    'ballast.js',
    'index.d.ts',
    'index.js',
    'program',
    'words',
  ]);
});

test('does nothing when nothing changed, and leaves no stale file when something did', async () => {
  await build(root);
  const stale = join(root, 'dist', 'stale.js');
  await writeFile(stale, '');

  await build(root);
  expect(existsSync(stale)).toBe(true);

  await writeFile(commandLine(), 'export const answer: number = 43;\n');
  await build(root);
  expect(existsSync(stale)).toBe(false);
  expect(await bundled()).toContain('43');
});

test('leaves dist/ as it was when the sources do not compile', async () => {
  await build(root);
  await writeFile(commandLine(), 'export const answer: string = 42;\n');

  await expect(build(root)).rejects.toThrow(Trouble);

  expect(await bundled()).toContain('42');
  expect(await readdir(join(root, 'node_modules'))).toEqual(packages);
});

test('removes what a build that died has left, and not what another checkout is making', async () => {
  const other = `.ballast-build-${process.ppid}`;
  const dead = `.ballast-build-${2 ** 22 + 1}`;
  for (const name of [other, dead, `${dead}-old`])
    await mkdir(join(root, 'node_modules', name, 'in'), { recursive: true });

  await build(root);

  expect((await readdir(join(root, 'node_modules'))).toSorted()).toEqual([other, ...packages]);
});
