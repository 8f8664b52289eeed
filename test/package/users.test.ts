import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { install, packages, shippedFiles } from './installed.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ballast users '));
  await install(folder, shippedFiles());
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  for (const users of ['user', 'node-user'])
    await cp(join(import.meta.dirname, users), join(folder, users), { recursive: true });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** As strict as a compiler gets, the declarations of the package and of what it uses included. */
const strict = {
  target: 'ES2023',
  module: 'NodeNext',
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
  noEmit: true,
};

describe.each([
  { name: 'pages', users: 'user', lib: ['ES2023'], types: [] },
  { name: 'programs on Node', users: 'node-user', lib: ['ES2023'], types: ['node'] },
])('strict $name', ({ users, lib, types }) => {
  test('compile', async () => {
    const compilerOptions = { ...strict, lib, types };
    const settings = join(folder, users, 'tsconfig.json');
    await writeFile(settings, JSON.stringify({ compilerOptions, include: ['.'] }));

    const compiler = join(packages, 'typescript', 'bin', 'tsc');
    const compiled = spawnSync(process.execPath, [compiler, '-p', settings], { encoding: 'utf8' });

    expect(compiled.stdout).toBe('');
    expect(compiled.status).toBe(0);
  });

  test('run', async () => {
    const programs = (await readdir(join(folder, users))).filter((file) => file.endsWith('.ts'));
    const imports = programs.map((file) => `await import('./${file}');`).join('\n');
    await writeFile(join(folder, users, 'all.js'), imports);

    const ran = spawnSync(process.execPath, [join(folder, users, 'all.js')], { encoding: 'utf8' });

    expect(programs.length).toBeGreaterThan(0);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('bundled for a page', () => {
  test.each([
    { names: 'parseKey', door: 'ballast/key', bytesMax: 3_000 },
    { names: 'wanted', door: 'ballast/placement', bytesMax: 50_000 },
  ])('$names of $door has at most $bytesMax bytes gzipped', async ({ names, door, bytesMax }) => {
    const { code } = await bundled(`export { ${names} } from '${door}';`);

    const bytes = gzipSync(code).length;

    expect(code).toContain(names);
    expect(bytes).toBeGreaterThan(100);
    expect(bytes).toBeLessThanOrEqual(bytesMax);
  });

  test('wanted brings neither the reasons of terms nor what the lint says of them', async () => {
    const told = ['bracket that cannot be read', 'with room ('];
    const { code } = await bundled("export { wanted } from 'ballast/placement';");
    const all = await bundled("export * from 'ballast/placement';");

    expect(told.filter((words) => !all.code.includes(words))).toEqual([]);
    expect(told.filter((words) => code.includes(words))).toEqual([]);
  });

  test.each(['', '/key', '/expression', '/placement', '/simulation', '/protocol'])(
    'all of ballast%s needs nothing of Node',
    async (subpath) => {
      const { code, outside } = await bundled(`export * from 'ballast${subpath}';`);

      expect(code.length).toBeGreaterThan(1000);
      expect(outside).toEqual([]);
    },
  );
});

/** What a bundler makes of a module for a browser, and what that still imports. */
async function bundled(text: string): Promise<{ code: string; outside: readonly string[] }> {
  const input = join(folder, 'page.js');
  await writeFile(input, text);
  const bundle = await rolldown({ input, cwd: folder, platform: 'browser', logLevel: 'silent' });
  const { output } = await bundle.generate({ format: 'esm', minify: true });
  await bundle.close();
  const chunks = output.filter((part) => part.type === 'chunk');
  return {
    code: chunks.map(({ code }) => code).join('\n'),
    outside: chunks.flatMap(({ imports, dynamicImports }) => imports.concat(dynamicImports)),
  };
}
