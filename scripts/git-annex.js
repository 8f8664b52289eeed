import { existsSync } from 'node:fs';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apt, installMsMax, updateMsMax, whyFailed } from './apt.js';
import { run, secondsSince } from './run.js';

/** The git-annex that the interop tests are written against. */
export const versionWanted = '10.20250416';

/**
 * Where each Debian release has that version or a newer one.
 * @type {Readonly<Record<string, string>>}
 */
const suites = { bookworm: 'bookworm-backports', trixie: 'trixie' };

const sourcesFolder = '/etc/apt/sources.list.d';
const ownSource = join(sourcesFolder, 'ballast-backports.list');

/**
 * The version of the git-annex on PATH.
 * @returns {Promise<string | undefined>} undefined when there is none.
 */
export async function gitAnnexVersion() {
  const ended = await run('git-annex', ['version', '--raw']);
  return ended.status === 0 ? ended.stdout.trim() : undefined;
}

/**
 * Whether a git-annex will do for the interop tests: the version they are written for, or newer.
 * @param {string | undefined} version
 * @returns {boolean}
 */
export function isGitAnnexRecent(version) {
  const numbers = /^(\d+)\.(\d+)/.exec(version ?? '');
  const wanted = /^(\d+)\.(\d+)/.exec(versionWanted);
  if (numbers === null || wanted === null) return false;
  const [major, date] = [Number(numbers[1]), Number(numbers[2])];
  const [majorWanted, dateWanted] = [Number(wanted[1]), Number(wanted[2])];
  return major > majorWanted || (major === majorWanted && date >= dateWanted);
}

/**
 * Installs git-annex where root may do so by apt.
 * @returns {Promise<string | undefined>} why there is none for the interop tests, or undefined when
 * there is.
 */
export async function ensureGitAnnex() {
  const present = await gitAnnexVersion();
  if (isGitAnnexRecent(present)) return undefined;
  const found = present === undefined ? 'git-annex is not installed' : `git-annex is ${present}`;
  const suite = await debianSuite();
  if (suite === undefined)
    return `${found}, and only on Debian bookworm or trixie is ${versionWanted} installed by itself`;
  if (process.getuid?.() !== 0)
    return `${found}, and only root can install ${versionWanted} by apt`;
  const problem = await install(suite);
  if (problem !== undefined) return `${found}, and ${problem}`;
  const installed = await gitAnnexVersion();
  if (isGitAnnexRecent(installed)) return undefined;
  return `apt installed git-annex, but the one on PATH is ${installed ?? 'none'}`;
}

/** @returns {Promise<string | undefined>} the suite to install from, undefined off Debian. */
async function debianSuite() {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  if (!/^ID="?debian"?$/m.test(text)) return undefined;
  return suites[/^VERSION_CODENAME="?(\w+)"?$/m.exec(text)?.[1] ?? ''];
}

/**
 * @param {string} suite
 * @returns {Promise<string | undefined>} what went wrong, if anything.
 */
async function install(suite) {
  console.log(`set-up: installing git-annex from Debian's ${suite} (up to two minutes)`);
  const startMs = performance.now();
  const isAdded = !(await isSuiteKnown(suite));
  if (isAdded) {
    const line = await sourceLine(suite);
    if (line === undefined) return `apt's configuration names no Debian mirror to find ${suite} on`;
    await writeFile(ownSource, line);
  }
  let isDone = false;
  try {
    const problem = await updateAndInstall(suite);
    isDone = problem === undefined;
    if (isDone) console.log(`set-up: git-annex installed in ${secondsSince(startMs)}`);
    return problem;
  } finally {
    if (!isDone && isAdded) await rm(ownSource, { force: true });
  }
}

/**
 * @param {string} suite
 * @returns {Promise<string | undefined>} what went wrong, if anything.
 */
async function updateAndInstall(suite) {
  // An update that reached only some mirrors may do; when not, what it said is the reason.
  const updated = await apt(['update'], updateMsMax);
  if (updated.status !== 0) return whyFailed('apt-get update', updated);
  const args = ['install', '-y', '--no-install-recommends', '-t', suite, 'git-annex'];
  const installed = await apt(args, installMsMax);
  if (installed.status === 0) return undefined;
  return updated.output.includes('Failed to fetch')
    ? whyFailed('apt-get update', updated)
    : whyFailed('apt-get install', installed);
}

/**
 * Whether apt's configuration has the suite already.
 * @param {string} suite
 * @returns {Promise<boolean>}
 */
async function isSuiteKnown(suite) {
  const word = new RegExp(`(?:^|[\\s/])${suite}(?:\\s|/|$)`);
  return (await sourceLines()).some((line) => word.test(line));
}

/**
 * A line for sources.list that gives the suite from the mirror this machine uses.
 * @param {string} suite
 * @returns {Promise<string | undefined>}
 */
async function sourceLine(suite) {
  const lines = await sourceLines();
  const stanza = lines.findIndex((line) => /^URIs:\s*\S/.test(line));
  const mirror =
    /^URIs:\s*(\S+)/.exec(lines[stanza] ?? '')?.[1] ??
    lines.map((line) => /^deb\s+(?:\[[^\]]*\]\s+)?(http\S+)/.exec(line)?.[1]).find(Boolean);
  if (mirror === undefined) return undefined;
  const signer = lines
    .map(
      (line) =>
        /^Signed-By:\s*(\/\S+)$/.exec(line)?.[1] ?? /^deb.*signed-by=(\/[^\s\]]+)/.exec(line)?.[1],
    )
    .find(Boolean);
  return `deb ${signer === undefined ? '' : `[signed-by=${signer}] `}${mirror} ${suite} main\n`;
}

/**
 * @returns {Promise<string[]>} the lines of apt's configuration of sources, Debian's own file
 * first.
 */
async function sourceLines() {
  const extra = (await readdir(sourcesFolder).catch(() => [])).filter((name) =>
    /\.(?:list|sources)$/.test(name),
  );
  const isOther = (/** @type {string} */ name) => Number(!name.startsWith('debian'));
  const files = extra
    .sort((a, b) => isOther(a) - isOther(b))
    .map((name) => join(sourcesFolder, name));
  const all = ['/etc/apt/sources.list', ...files].filter((file) => existsSync(file));
  const texts = await Promise.all(all.map((file) => readFile(file, 'utf8')));
  return texts.flatMap((text) => text.split('\n'));
}
