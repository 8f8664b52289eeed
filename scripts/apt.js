import { run } from './run.js';

/** How long apt-get may take. */
export const updateMsMax = 3 * 60_000;
export const installMsMax = 10 * 60_000;

/**
 * Runs apt-get, which asks nobody for anything.
 * @param {readonly string[]} args
 * @param {number} timeoutMs
 */
export function apt(args, timeoutMs) {
  const settings = {
    'APT::Color': '0',
    'Dpkg::Use-Pty': '0',
    'DPkg::Lock::Timeout': '120',
    'Acquire::Retries': '2',
    'Acquire::http::Timeout': '30',
    'Acquire::https::Timeout': '30',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  // dpkg refuses to work without the system's own folders on PATH.
  const env = {
    ...process.env,
    PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin`,
    DEBIAN_FRONTEND: 'noninteractive',
    LC_ALL: 'C.UTF-8',
  };
  return run('apt-get', ['-qq', ...options, ...args], { env, timeoutMs });
}

/**
 * Why a call of apt-get failed.
 * @param {string} command
 * @param {import('./run.js').Ended} ended
 * @returns {string} one line.
 */
export function whyFailed(command, ended) {
  if (ended.isTimedOut) return `${command} took too long`;
  const lines = ended.output.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((line) => /^[EW]: /.test(line)) ?? lines.at(-1) ?? 'it said nothing';
  return `${command} failed: ${line.trim()}`;
}
