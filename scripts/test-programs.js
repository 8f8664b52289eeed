import { apt, installMsMax, updateMsMax, whyFailed } from './apt.js';
import { run } from './run.js';

/**
 * Programs that tests speak to, and the packages that Debian has them in.
 * @type {readonly { readonly program: string, readonly name: string }[]}
 */
const programs = [
  { program: 'gpg', name: 'gnupg' },
  { program: 'rsync', name: 'rsync' },
  { program: 'curl', name: 'curl' },
  { program: 'python3', name: 'python3' },
  { program: 'apache2', name: 'apache2-bin' },
];

/**
 * Installs what tests speak to where root may do so by apt.
 * @returns {Promise<string | undefined>} what is missing for the tests, and why, or undefined when nothing is.
 */
export async function ensureTestPrograms() {
  const missing = await missingPrograms();
  if (missing.length === 0) return undefined;
  const names = missing.map(({ program }) => program).join(', ');
  if (process.getuid?.() !== 0) return `there is no ${names}, and only root can install by apt`;
  console.log(`set-up: installing ${names}`);
  // An update that reached only some mirrors may do; when not, the installation says what is wrong.
  await apt(['update'], updateMsMax);
  const packages = missing.map(({ name }) => name);
  const installed = await apt(
    ['install', '-y', '--no-install-recommends', ...packages],
    installMsMax,
  );
  if (installed.status !== 0) {
    return `there is no ${names}, and ${whyFailed('apt-get install', installed)}`;
  }
  const left = await missingPrograms();
  if (left.length === 0) return undefined;
  return `apt installed ${names}, but not on PATH is ${left.map(({ program }) => program).join(', ')}`;
}

async function missingPrograms() {
  const asked = programs.map(async (one) => ({
    one,
    ended: await run(one.program, ['--version']),
  }));
  const answers = await Promise.all(asked);
  return answers.filter(({ ended }) => ended.isMissing).map(({ one }) => one);
}
