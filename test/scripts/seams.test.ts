import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { breaches } from '../../scripts/house-rules.js';
import { beyondSeams, seams } from '../../scripts/seams.js';

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ballast-seams-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function planted(path: string, text: string): Promise<readonly string[]> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
  return await beyondSeams(root);
}

test.each([
  'const now = Date.now();',
  'const now = new Date();',
  'const now = new Date;',
  'const text = Date();',
  'const startMs = performance.now();',
  'const wallMs = performance.timeOrigin;',
  'const now = process.hrtime.bigint();',
  "import { uptime } from 'node:os';",
  'setTimeout(act, 5);',
  'globalThis.setTimeout(act, 5);',
  'const every = setInterval;',
  'clearTimeout(timer);',
  'await new Promise(setImmediate);',
  'const signal = AbortSignal.timeout(5);',
  "import { setTimeout as sleep } from 'node:timers/promises';",
  "import { randomUUID } from 'node:crypto';",
  'crypto.getRandomValues(bytes);',
  "import { randomBytes } from 'node:crypto';",
  'const chance = Math.random;',
  "import { readFile } from 'node:fs/promises';",
  "import * as fs from 'fs';",
  "} from 'node:fs';",
  "const { spawn } = await import('node:child_process');",
  "import { execFile } from 'node:child_process';",
  "await runGit(['gc'], { directory });",
  '  streamGit,',
  'import { findGit } from "../git/git.ts";',
  'const child = new GitChild(words, { directory });',
  'const catFile = new CatFile({ directory });',
  'yield* readObjects(names, options);',
  'for await (const all of readObjectBatches(names, options)) use(all);',
])('beyond the seams is %j', async (line) => {
  const found = await planted('src/gateway/nodes/a.ts', `// fine\n\n  ${line}\n`);

  expect(found).toEqual([expect.stringMatching(/^src\/gateway\/nodes\/a\.ts:3 has /)]);
});

test.each([
  'const then = new Date(stamp.seconds * 1000);',
  'const then = new Date(clock.wallMs());',
  'const parsed = Date.parse(text) + Date.UTC(2000, 1);',
  'request.setTimeout(idleMs, () => request.destroy());',
  'const timer = clock.after(5, act);',
  "import type { Socket } from 'node:net';",
  "import type { GitChild } from './git-child.ts';",
  'export async function feed(child: GitChild): Promise<void> {}',
  'const { directory, configurations } = place;',
  '// Not Date.now, whose clock may be set back.',
  '/**\n * By `performance.now()`.\n */',
  'const url = "http://x/"; // as setTimeout( does',
])('within them is %j', async (line) => {
  expect(await planted('src/gateway/nodes/a.ts', `${line}\n`)).toEqual([]);
});

test('npm test finds it, and a permission is for one file, one kind and no longer than it is used', async () => {
  await planted('src/gateway/stores/lock-table.ts', 'const now = Date.now();\n');
  await planted('src/gateway/pushes/push.ts', "await runGit(['gc'], { directory });\n");
  await planted('src/cli/main.ts', "import { readFileSync } from 'node:fs';\n");
  await planted('src/repository/clock/machine-clock.ts', 'const now = Date.now();\n');

  expect(await breaches(root)).toEqual([
    'src/gateway/pushes/push.ts:1 has runGit and is no seam; take Commits, Configurations or GitPlaces',
    'src/gateway/stores/lock-table.ts:1 has Date.now and is no seam; take a Clock',
    'src/repository/clock/machine-clock.ts may have chance by scripts/seams.js, in vain',
  ]);
});

test('every seam is there, once, and says why', () => {
  expect(
    seams.map(({ path }) => path).filter((path) => !existsSync(join(repository, path))),
  ).toEqual([]);
  expect(new Set(seams.map(({ path }) => path)).size).toBe(seams.length);
  expect(seams.every(({ why }) => why.length > 10)).toBe(true);
});
