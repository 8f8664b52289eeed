import { existsSync } from 'node:fs';
import { readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { run, secondsSince, withoutLocalPrograms } from './run.js';
import { Trouble } from './trouble.js';

/**
 * @typedef {object} LockedPackage what npm wrote about one package; only what is read here.
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [optional] npm leaves it out where it does not fit the platform.
 */

/** The Node that npm scripts run on; package.json asks for it as `"node": "^24"`. */
const nodeMajor = 24;

/**
 * Makes node_modules be what package-lock.json names, and the Node in it one that runs.
 * Does nothing, in a few milliseconds, where both are so already.
 * @param {string} root
 */
export async function installPackages(root) {
  if (!(await isInstalled(root))) await npmCi(root);
  await ensureNode(root);
}

/**
 * Whether node_modules holds every package of package-lock.json, by the record npm keeps in it.
 * Packages beyond those do no harm here.
 * @param {string} root
 * @returns {Promise<boolean>}
 */
export async function isInstalled(root) {
  const wanted = await lockedPackages(join(root, 'package-lock.json'));
  if (wanted === undefined)
    throw new Trouble(
      'package-lock.json cannot be read; restore it with: git checkout package-lock.json',
    );
  const present = await lockedPackages(join(root, 'node_modules', '.package-lock.json'));
  if (present === undefined) return false;
  return Object.entries(wanted).every(([path, wish]) => {
    if (path === '') return true;
    const found = present[path];
    if (found === undefined) return wish.optional === true;
    return found.version === wish.version && found.integrity === wish.integrity;
  });
}

/**
 * @param {string} file
 * @returns {Promise<Record<string, LockedPackage> | undefined>}
 */
async function lockedPackages(file) {
  try {
    /** @type {{ packages?: Record<string, LockedPackage> }} */
    const lock = JSON.parse(await readFile(file, 'utf8'));
    return lock.packages;
  } catch {
    return undefined;
  }
}

/** @param {string} root */
async function npmCi(root) {
  console.log('set-up: installing the npm packages that package-lock.json names (about 20 s)');
  const startMs = performance.now();
  // npm writes its record last; without the old one, an install that is cut short is not taken for
  // a finished one.
  await rm(join(root, 'node_modules', '.package-lock.json'), { force: true });
  // The options undo what a user's own npm configuration may say: all of the packages are needed,
  // and that some want a newer Node than the one npm runs on is what the package `node` is for.
  const args = ['ci', '--include=dev', '--include=optional', '--engine-strict=false'];
  const quiet = ['--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  const ended = await run('npm', [...args, ...quiet], { cwd: root, env: withoutLocalPrograms() });
  if (ended.isMissing)
    throw new Trouble('npm is not on PATH; install it (it comes with Node) and try again');
  if (ended.status !== 0)
    throw new Trouble(
      `npm ci failed with status ${ended.status}, as shown above; look at the network and at npm's configuration, and try again`,
      ended.output,
    );
  console.log(`set-up: npm packages installed in ${secondsSince(startMs)}`);
}

/**
 * The package `node` fetches its binary in an install script, which npm may have been told to
 * skip; then it is run here.
 * @param {string} root
 */
async function ensureNode(root) {
  if (await hasNode(root)) return;
  const folder = join(root, 'node_modules', 'node');
  const env = withoutLocalPrograms();
  const ended = await run('node', ['installArchSpecificPackage'], { cwd: folder, env });
  await linkNode(root);
  if (await hasNode(root)) return;
  throw new Trouble(
    `the npm package "node" brought no Node ${nodeMajor} that runs on this machine (${process.platform} ${process.arch}); install Node ${nodeMajor} yourself, delete node_modules/node, and run: node scripts/build.js && node dist/ballast.js demo`,
    ended.output,
  );
}

/**
 * Whether npm scripts will find the right Node.
 * @param {string} root
 * @returns {Promise<boolean>}
 */
async function hasNode(root) {
  const ended = await run(join(root, 'node_modules', '.bin', 'node'), ['--version']);
  return ended.status === 0 && ended.stdout.startsWith(`v${nodeMajor}.`);
}

/** @param {string} root */
async function linkNode(root) {
  const link = join(root, 'node_modules', '.bin', 'node');
  const binary = join('..', 'node', 'bin', 'node');
  if (process.platform === 'win32' || existsSync(link)) return;
  await rm(link, { force: true });
  await symlink(binary, link);
}
