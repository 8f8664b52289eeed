import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alone, isAlive } from './lock.js';
import { run, secondsSince } from './run.js';
import { Trouble, orTrouble } from './trouble.js';

/** In dist/: the digest of what it was built from. */
const stampName = '.built-from';
/** Beside dist/ on the same disk, and nobody's to look at; the swap is a rename. */
const temporaryPrefix = '.ballast-build-';
/** Where the parts of the program are in dist/; as deep as src/cli/, so that package.json is found. */
const programFolder = 'program';
/**
 * The packages that are bundled, as far as they are used, and their licences: those that are many files,
 * and that a command loads which ends at once.
 */
const bundled = new Map([
  ['@noble/hashes', 'LICENSE'],
  ['commander', 'LICENSE'],
  ['ohm-js', 'LICENSE'],
  ['valibot', 'LICENSE.md'],
]);
const interpreterLine = '#!/usr/bin/env node\n';

/**
 * Makes dist/ from src/ unless it is what src/ would make already. The old dist/ stays until the
 * new one is whole, and stays for good when the build fails.
 * @param {string} root
 * @param {{ isForced?: boolean }} [options] isForced: build in any case. Default: false.
 */
export async function build(root, { isForced = false } = {}) {
  const digest = await sourceDigest(root);
  const dist = join(root, 'dist');
  if (!isForced && (await isBuiltFrom(dist, digest))) return;
  const startMs = performance.now();
  const modules = join(root, 'node_modules');
  await removeLeftovers(modules);
  const fresh = join(modules, `${temporaryPrefix}${process.pid}`);
  try {
    const compiled = `${fresh}-modules`;
    await compile(root, compiled);
    await copyGrammars(join(root, 'src'), compiled);
    await copyLibrary(compiled, fresh);
    await bundle(root, fresh);
    await makeProgram(join(fresh, 'ballast.js'));
    await writeFile(join(fresh, stampName), `${digest}\n`);
    await swap(dist, fresh, `${fresh}-old`);
  } finally {
    await removeLeftovers(modules);
  }
  console.log(`set-up: built dist/ in ${secondsSince(startMs)}`);
}

/**
 * @param {string} dist
 * @param {string} digest
 * @returns {Promise<boolean>}
 */
async function isBuiltFrom(dist, digest) {
  if (!existsSync(join(dist, 'ballast.js'))) return false;
  const stamp = await readFile(join(dist, stampName), 'utf8').catch(() => '');
  return stamp.trim() === digest;
}

/**
 * A digest of everything a build reads: the sources, the compiler and its settings, this script.
 * @param {string} root
 * @returns {Promise<string>}
 */
async function sourceDigest(root) {
  const tools = ['typescript', 'rolldown', ...bundled.keys()].map((name) =>
    join('node_modules', name, 'package.json'),
  );
  const settings = ['tsconfig.json', 'package.json', ...tools, join('scripts', 'build.js')];
  const sources = (await filesUnder(join(root, 'src'))).map((file) => relative(root, file));
  const hash = createHash('sha256');
  for (const name of [...settings, ...sources]) {
    const content = await readFile(join(root, name)).catch(() => undefined);
    hash.update(`${name}\0${content?.length ?? 'none'}\0`).update(content ?? '');
  }
  return hash.digest('hex');
}

/**
 * @param {string} folder
 * @returns {Promise<string[]>} sorted, so that a digest over them is the same everywhere.
 */
async function filesUnder(folder) {
  /** @type {string[]} */
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await filesUnder(path)));
    else found.push(path);
  }
  return found.sort();
}

/**
 * @param {string} root
 * @param {string} target
 */
async function compile(root, target) {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(compiler))
    throw new Trouble(
      'the TypeScript compiler is not installed; run: node scripts/setup.js --build',
    );
  const args = [compiler, '-p', 'tsconfig.json', '--outDir', target, '--noEmitOnError'];
  const ended = await run(process.execPath, args, { cwd: root });
  if (ended.status !== 0)
    throw new Trouble(
      'the sources do not compile, as shown above; dist/ was left as it was',
      ended.output,
    );
}

/**
 * Grammar recognisers are JavaScript already, which the compiler does not carry over.
 * @param {string} source
 * @param {string} target
 */
async function copyGrammars(source, target) {
  for (const file of await filesUnder(source)) {
    if (!/\.ohm-bundle\.(?:js|d\.ts)$/.test(file)) continue;
    const copy = join(target, relative(source, file));
    await mkdir(dirname(copy), { recursive: true });
    await copyFile(file, copy);
  }
}

/**
 * Takes over the modules that the doors of the library lead to, which are the files at the top of the
 * sources, with their types. What only the program uses is in its bundle.
 * @param {string} compiled
 * @param {string} target
 */
async function copyLibrary(compiled, target) {
  const top = await readdir(compiled);
  const reached = new Set(top.filter(isDoor).map(withoutEnding));
  // Grows while it is gone through.
  for (const module of reached) {
    for (const file of [`${module}.js`, `${module}.d.ts`]) {
      const text = await readFile(join(compiled, file), 'utf8').catch(() => undefined);
      if (text === undefined) continue;
      await mkdir(dirname(join(target, file)), { recursive: true });
      await copyFile(join(compiled, file), join(target, file));
      for (const [, named = ''] of text.matchAll(/\b(?:from|import)\b[\s(]*['"](\.[^'"]*)['"]/g))
        reached.add(withoutEnding(join(dirname(module), named)));
    }
  }
}

/** @param {string} name */
function isDoor(name) {
  return name.endsWith('.js') && name !== 'ballast.js';
}

/** @param {string} file */
function withoutEnding(file) {
  return file.replace(/(?:\.d)?\.[jt]s$/, '');
}

/**
 * The program as a few files, which load in a fraction of the time that its hundreds of modules take.
 * Packages stay packages, but for some that would be dozens of files to find and to load, also for processes
 * that ssh starts for each client; their licences go with them. The maps hold the sources, which are not shipped;
 * modules of the library have none, since they are their sources line by line without the types.
 * @param {string} root
 * @param {string} target
 */
async function bundle(root, target) {
  const { rolldown } = await import('rolldown');
  const input = {
    ballast: join(root, 'src', 'ballast.ts'),
    [`${programFolder}/main`]: join(root, 'src', 'cli', 'index.ts'),
  };
  const rolled = await rolldown({ input, platform: 'node', external: isPackage });
  try {
    await rolled.write({
      dir: target,
      format: 'esm',
      entryFileNames: '[name].js',
      // Names that stay: a server that runs while the program is built anew finds what it loads late.
      chunkFileNames: `${programFolder}/[name].js`,
      sourcemap: true,
    });
    for (const [name, licence] of bundled)
      await copyFile(
        join(root, 'node_modules', name, licence),
        join(target, programFolder, `${name.replace('/', '-')}.LICENSE.md`),
      );
  } finally {
    await rolled.close();
  }
}

/** @param {string} id */
function isPackage(id) {
  return /^[^./]/.test(id) && !bundled.has(nameOfPackage(id));
}

/** @param {string} id what is imported: a package, or a module of it. */
function nameOfPackage(id) {
  return id.split('/', id.startsWith('@') ? 2 : 1).join('/');
}

/** @param {string} program */
async function makeProgram(program) {
  const text = await readFile(program, 'utf8');
  if (!text.startsWith('#!')) await writeFile(program, interpreterLine + text);
  await chmod(program, 0o755);
}

/**
 * @param {string} dist
 * @param {string} fresh
 * @param {string} old
 */
async function swap(dist, fresh, old) {
  if (existsSync(dist)) await rename(dist, old);
  await rename(fresh, dist);
}

/**
 * Removes what builds have left that are over. Checkouts may share node_modules, and each has a
 * lock of its own: a build that another process is making now stays.
 * @param {string} modules
 */
async function removeLeftovers(modules) {
  for (const name of await readdir(modules).catch(() => [])) {
    if (!name.startsWith(temporaryPrefix)) continue;
    const builder = Number.parseInt(name.slice(temporaryPrefix.length), 10);
    if (builder !== process.pid && isAlive(builder)) continue;
    await rm(join(modules, name), { recursive: true, force: true });
  }
}

const self = fileURLToPath(import.meta.url);
if (realpathSync(process.argv[1] ?? '.') === self) {
  const root = dirname(dirname(self));
  await orTrouble('build', () => alone(root, () => build(root, { isForced: true })));
}
