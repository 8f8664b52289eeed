import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { install, packages, root, settingsOf, shippedFiles } from './installed.ts';

let folder: string;
let ballast: string;
let files: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ballast package '));
  files = shippedFiles();
  ballast = await install(folder, files);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const textOf = (file: string): Promise<string> => readFile(join(ballast, file), 'utf8');

test('holds what package.json names, and nothing of the sources, tests or builds', async () => {
  const { exports } = await settingsOf(root);
  const targets = Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [target] : Object.values(target),
  );
  const named = [...targets, './dist/ballast.js', './README.md', './LICENSE', './CHANGELOG.md'];

  expect(named.filter((file) => !files.includes(file.slice('./'.length)))).toEqual([]);
  expect(
    files.filter((file) => /^(?:src|test|scripts|node_modules)\/|\.built-from$/.test(file)),
  ).toEqual([]);
});

test('has no map but those of the program, which hold their sources', async () => {
  const maps = files.filter((file) => file.endsWith('.map'));
  const lacking: string[] = [];
  for (const file of maps) {
    const map: { sources: string[]; sourcesContent?: (string | null)[] } = JSON.parse(
      await textOf(file),
    );
    const texts = (map.sourcesContent ?? []).filter((text) => text !== null);
    if (texts.length !== map.sources.length) lacking.push(file);
  }
  for (const file of files.filter((each) => each.endsWith('.js'))) {
    const [, map] = /^\/\/# sourceMappingURL=(.*)$/m.exec(await textOf(file)) ?? [];
    if (map !== undefined && !files.includes(join(dirname(file), map))) lacking.push(file);
  }

  expect(maps.length).toBeGreaterThan(0);
  expect(lacking).toEqual([]);
});

/** Those that are many files, which a command would have to find and load before it says anything. */
const bundled = ['@noble/hashes', 'commander', 'ohm-js', 'valibot'];

test.each(bundled)(
  'has of %s what the program uses in the program, with its licence',
  async (name) => {
    const parts = files.filter((file) => /^dist\/program\/.*\.js$/.test(file));
    const importing: string[] = [];
    for (const file of parts) {
      const text = await textOf(file);
      if (text.includes(`from "${name}`) || text.includes(`import("${name}`)) importing.push(file);
    }

    expect(parts.length).toBeGreaterThan(0);
    expect(importing).toEqual([]);
    const licence = await textOf(`dist/program/${name.replace('/', '-')}.LICENSE.md`);
    expect(licence).toMatch(/MIT License|Permission is hereby granted/);
  },
);

test('holds the licence of each package that the program has anything of', async () => {
  const held = new Set<string>();
  for (const file of files.filter((each) => each.endsWith('.map'))) {
    const { sources }: { sources: string[] } = JSON.parse(await textOf(file));
    for (const source of sources) {
      // As seen from where it is built, which is beside the packages.
      const [, name] = /^(?:\.\.\/)+((?:@[^/]+\/)?[^/]+)\//.exec(source) ?? [];
      if (name !== undefined && name !== 'src') held.add(name);
    }
  }
  const licences = [...held].map((name) => `dist/program/${name.replace('/', '-')}.LICENSE.md`);

  expect([...held].toSorted()).toEqual(bundled);
  expect(licences.filter((file) => !files.includes(file))).toEqual([]);
});

test('is built before it is packed', async () => {
  const { scripts } = await settingsOf(root);

  expect(scripts['prepack']).toBe('node scripts/setup.js --build');
});

test('publint finds nothing to say', async () => {
  const { messages, pkg } = await publint({ pkgDir: ballast, pack: false, strict: true });

  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

test('runs on no Node that one of its packages does not run on', async () => {
  const { engines, dependencies } = await settingsOf(root);
  const oldest = numbersOf(engines?.node ?? '');
  const unfit: string[] = [];
  for (const name of Object.keys(dependencies)) {
    const wanted = (await settingsOf(join(packages, name))).engines?.node ?? '>=0';
    const isFit = wanted.split('||').some((range) => {
      const [major, minor] = numbersOf(range);
      const isNewer = oldest[0] > major || (oldest[0] === major && oldest[1] >= minor);
      return range.trim().startsWith('>=') ? isNewer : oldest[0] === major && isNewer;
    });
    if (!isFit) unfit.push(`${name} wants ${wanted}`);
  }

  expect(unfit).toEqual([]);
});

/** Major and minor of the version in a range. */
function numbersOf(range: string): readonly [number, number] {
  const [major = 0, minor = 0] = (range.match(/\d+/g) ?? []).map(Number);
  return [major, minor];
}

test('no module does anything when it is loaded, but those that sideEffects names', async () => {
  const { sideEffects } = await settingsOf(root);
  // Parts of the program are loaded by the program alone, and hold reads that a bundler did not dare to drop.
  const modules = files.filter((file) => file.endsWith('.js') && !file.startsWith('dist/program/'));
  const doing: string[] = [];
  for (const file of modules) {
    const parsed = ts.createSourceFile(file, await textOf(file), ts.ScriptTarget.ESNext);
    if (!parsed.statements.every((statement) => isDeclaration(statement))) doing.push(`./${file}`);
  }

  expect(doing).toEqual(sideEffects.filter((file) => file.startsWith('./dist/')));
});

function isDeclaration(statement: ts.Statement): boolean {
  return (
    ts.isImportDeclaration(statement) ||
    ts.isExportDeclaration(statement) ||
    ts.isExportAssignment(statement) ||
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isVariableStatement(statement)
  );
}
