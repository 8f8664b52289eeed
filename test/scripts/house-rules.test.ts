import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { breaches } from '../../scripts/house-rules.js';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ballast-rules-'));
  await mkdir(join(root, 'src', 'key'), { recursive: true });
  await mkdir(join(root, 'test'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

test('a file of 320 lines may be, one of 321 may not, wherever it is', async () => {
  await writeFile(join(root, 'src', 'key', 'long.ts'), '\n'.repeat(320));
  await writeFile(join(root, 'src', 'key', 'longer.ts'), '\n'.repeat(321));
  await writeFile(join(root, 'test', 'longer.ts'), '\n'.repeat(321));

  const found = await breaches(root);

  expect(found).toEqual([
    expect.stringMatching(/^src\/key\/longer\.ts has 321 lines/),
    expect.stringMatching(/^test\/longer\.ts has 321 lines/),
  ]);
});

test('a test that was allowed to be long, and is not any more, is no exception', async () => {
  const name = join('test', 'nodes', 'storage-node-suite.ts');
  await mkdir(join(root, 'test', 'nodes'));
  await writeFile(join(root, name), '\n'.repeat(900));
  expect(await breaches(root)).toEqual([]);

  await writeFile(join(root, name), '\n'.repeat(320));
  expect(await breaches(root)).toEqual([expect.stringContaining('is short by now')]);
});

test('a name is exported by one file, but for the columns of rows and what rows are named after', async () => {
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(join(root, 'src', path, '..'), { recursive: true });
    await writeFile(join(root, 'src', path), text);
  };
  const documented = (text: string): string => `/** A thing. */\n${text}\n`;
  await write('key/one.ts', documented('export interface Thing {}'));
  await write('key/two.ts', documented('export class Thing {}'));
  await write('key/three.ts', documented('export const other = 1;'));
  await write('placement/terms/a.ts', documented('export const lint = 1;'));
  await write('placement/terms/b.ts', documented('export const lint = 2;'));
  await write('simulation/commands/other.ts', documented('export const other = 1;'));
  await write('simulation/commands/that.ts', documented('export const Thing = 1;'));

  expect(await breaches(root)).toEqual([
    expect.stringMatching(
      /^Thing is exported by src\/key\/one\.ts and src\/key\/two\.ts and src\/sim\S+; give one/,
    ),
  ]);
});

test('a folder of the program has 15 files at most; those of tests may have more', async () => {
  await mkdir(join(root, 'src', 'key', 'full'));
  for (let number = 1; number <= 16; number += 1) {
    const folders = ['src/key/full', ...(number < 16 ? ['src/key'] : []), 'test'];
    for (const folder of folders) await writeFile(join(root, folder, `${number}.ts`), '');
  }

  expect(await breaches(root)).toEqual(['src/key/full/ has 16 files; 15 is the limit: make rooms']);
});

describe('what is exported has a doc comment', () => {
  const said = async (text: string, path = 'src/key/a.ts'): Promise<readonly string[]> => {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), text);
    return await breaches(root);
  };

  test.each([
    'export const a = 1;\n',
    'export function a() {}\n',
    'export class A {}\n',
    'export interface A {}\n',
    'export type A = 1;\n',
    '/** Of the file. */\nconst b = 1;\n\nexport const a = b;\n',
  ])('%j has none', async (text) => {
    expect(await said(text)).toEqual([
      expect.stringMatching(/^src\/key\/a\.ts:\d is exported and has no doc comment$/),
    ]);
  });

  test.each([
    '/** One. */\nexport const a = 1;\n',
    'const a = 1;\n',
    "export { a } from './b.ts';\n",
  ])('%j is well', async (text) => {
    expect(await said(text)).toEqual([]);
  });

  test('a test need not', async () => {
    expect(await said('export const a = 1;\n', 'test/a.ts')).toEqual([]);
  });

  test.each(['Likewise for b', 'The same for b', 'That of b', 'As above'])(
    'and one that begins "%s" says nothing by itself, at a member neither',
    async (words) => {
      const begun = expect.stringMatching(/^src\/key\/a\.ts:(?:1|4) begins with "/);
      expect(await said(`/** ${words}. */\nexport const a = 1;\n`)).toEqual([begun]);
      const member = `/** Well. */\nexport interface A {\n  readonly b: 1;\n  /** ${words}. */\n  readonly a: 1;\n}\n`;
      expect(await said(member)).toEqual([begun]);
    },
  );

  test('words that merely look like these are none', async () => {
    expect(await said('/** Thatch, and The sameness. */\nexport const a = 1;\n')).toEqual([]);
  });
});

test('a marker is found with its line, in tests too', async () => {
  const marker = ['TO', 'DO'].join('');
  await writeFile(join(root, 'test', 'a.ts'), `// fine\n// ${marker}: not\n`);

  const found = await breaches(root);

  expect(found).toEqual([expect.stringMatching(/^test\/a\.ts:2 has /)]);
});

test('what a generator wrote is not looked at', async () => {
  await writeFile(join(root, 'src', 'key', 'key.ohm-bundle.js'), '\n'.repeat(321));

  expect(await breaches(root)).toEqual([]);
});

test('folders of a room that lean on each other are found, however far around, loose files not', async () => {
  const files = {
    'key/a/one.ts': "import { two } from '../b/two.ts';\n",
    'key/b/two.ts': "export type { three } from '../c/three.ts';\n",
    'key/c/three.ts': "const one = await import('../a/deeper/one.ts');\n",
    'key/loose.ts': "import { one } from './a/one.ts';\n",
    'key/d/four.ts': "import { loose } from '../loose.ts';\nimport { two } from '../b/two.ts';\n",
    'units/a/one.ts': "import { one } from '../../key/a/one.ts';\n",
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(root, 'src', name, '..'), { recursive: true });
    await writeFile(join(root, 'src', name), text);
  }

  expect(await breaches(root)).toEqual([
    'key/a -> key/b -> key/c -> key/a is a circle of folders: part them (src/key/c/three.ts)',
  ]);
});

test('a test lies in a folder that src has, or in one for tests that are about no room', async () => {
  for (const folder of ['test/key', 'test/keys', 'test/interop/deep', 'properties/key/hashes']) {
    await mkdir(join(root, folder), { recursive: true });
    await writeFile(join(root, folder, 'a.test.ts'), '');
  }

  expect(await breaches(root)).toEqual([
    expect.stringMatching(/^properties\/key\/hashes\/a\.test\.ts is in no folder that src\/ has/),
    expect.stringMatching(/^test\/keys\/a\.test\.ts is in no folder that src\/ has/),
  ]);
});

describe('what is cited', () => {
  /** Put together, so that this file cites nothing. */
  const spec = ['sp', 'ec/'].join('');
  const decision = ['deci', 'sion'].join('');

  beforeEach(async () => {
    const page = '# Page\n\n## 1. One\n\n### 1.1 First\n\n## 2. Two\n\n1. a\n2. b\n';
    await mkdir(join(root, 'docs', 'spec'), { recursive: true });
    await writeFile(join(root, 'docs', 'spec', 'page.md'), page);
    await writeFile(join(root, 'docs', 'decisions.md'), '# Decisions\n\n1. **This.** Not that.\n');
  });

  const cited = async (text: string): Promise<readonly string[]> => {
    await writeFile(join(root, 'src', 'key', 'a.ts'), text);
    return await breaches(root);
  };

  test.each([
    `// ${spec}page.md section 1.1, as it is\n`,
    `// ${spec}page section 2.2, which is in a list\n`,
    `/**\n * In (${spec}page.md\n * sections 1 to 2, 2.1 and\n * 1.1).\n */\n`,
    `// ${spec}page.md tells, ${decision} 1 says\n`,
    '// inspect/all section 7, other.md section 7\n',
  ])('may be what is there: %j', async (text) => {
    expect(await cited(text)).toEqual([]);
  });

  test.each([
    [`\n// ${spec}other.md section 1\n`, [`2 cites ${spec}other.md`]],
    [`// ${spec}page section 3\n`, [`1 cites ${spec}page.md section 3`]],
    [`// ${spec}page.md 1.2\n`, [`1 cites ${spec}page.md section 1.2`]],
    [`// ${spec}page.md section 2.3\n`, [`1 cites ${spec}page.md section 2.3`]],
    [
      `/**\n * (${spec}page.md\n * sections 1, 4 and\n * 5)\n */\n`,
      [`2 cites ${spec}page.md section 4`, `2 cites ${spec}page.md section 5`],
    ],
    [`/**\n * As ${decision}\n * 2 has it.\n */\n`, [`2 cites ${decision} 2`]],
  ])('is found with its line when it is not there: %j', async (text, found) => {
    expect(await cited(text)).toEqual(
      found.map((one) => `src/key/a.ts:${one}, which is not there`),
    );
  });

  test('names its page', async () => {
    const broken = ['// As it is (sec', 'tion 1.1).\n'].join('');

    expect(await cited(broken)).toEqual(['src/key/a.ts:1 cites a section of no page']);
  });

  test('is looked for in pages, too', async () => {
    const text = 'As `page.md` 1.1 and page.md section 9.\n';
    await writeFile(join(root, 'docs', 'spec', 'more.md'), text);

    expect(await breaches(root)).toEqual([
      `docs/${spec}more.md:1 cites ${spec}page.md section 9, which is not there`,
    ]);
  });
});

test('a code of an error has a row, and somebody reads it beyond a row that tells nothing', async () => {
  const files = {
    'gateway/problems.ts':
      'const troubles: Readonly<Record<string, Told>> = {\n' +
      '  TOLD: { status: 503 },\n  ASKED: hidden,\n  UNREAD: hidden,\n  BY_CLASS: hidden,\n  GONE: hidden,\n};\n',
    'key/errors.ts': [
      "const told = () => new BallastError('TOLD', 'no');",
      "const asked = () => new OtherError('no', { code: 'ASKED' });",
      "const unread = () => new BallastError(\n  'UNREAD',\n  'no',\n);",
      "const lacking = () => new BallastError('LACKING', 'no');",
      "class Classed extends BallastError {\n  constructor() {\n    super('BY_CLASS', 'no');\n  }\n}\n",
    ].join('\n'),
    'key/reader.ts':
      "isErrorCode(error, 'ASKED', 'LACKING') || error instanceof Classed || error instanceof Others;\n",
    'cli/errors.ts':
      "const user = () => new BallastError('USER', 'no');\nisErrorCode(error, 'USER');\n",
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(root, 'src', name, '..'), { recursive: true });
    await writeFile(join(root, 'src', name), text);
  }

  expect(await breaches(root)).toEqual([
    'src/key/errors.ts: the error code LACKING has no row in src/gateway/problems.ts',
    'src/key/errors.ts: nobody reads the error code UNREAD; a plain Error will do',
    'src/gateway/problems.ts: no error has the code GONE',
  ]);
});
