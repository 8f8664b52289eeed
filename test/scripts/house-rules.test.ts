import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { breaches } from '../../scripts/house-rules.js';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ballast-rules-'));
  await mkdir(join(root, 'src', 'key'), { recursive: true });
  await mkdir(join(root, 'test'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

test('a source of 500 lines may be, one of 501 may not, and a test may be longer', async () => {
  await writeFile(join(root, 'src', 'key', 'long.ts'), '\n'.repeat(500));
  await writeFile(join(root, 'src', 'key', 'longer.ts'), '\n'.repeat(501));
  await writeFile(join(root, 'test', 'longest.ts'), '\n'.repeat(600));

  const found = await breaches(root);

  expect(found).toEqual([expect.stringMatching(/^src\/key\/longer\.ts has 501 lines/)]);
});

test('a marker is found with its line, in tests too', async () => {
  const marker = ['TO', 'DO'].join('');
  await writeFile(join(root, 'test', 'a.ts'), `// fine\n// ${marker}: not\n`);

  const found = await breaches(root);

  expect(found).toEqual([expect.stringMatching(/^test\/a\.ts:2 has /)]);
});

test('what a generator wrote is not looked at', async () => {
  await writeFile(join(root, 'src', 'key', 'key.ohm-bundle.js'), '\n'.repeat(501));

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
