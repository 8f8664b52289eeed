import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { Trouble } from './trouble.js';

/**
 * How a program ended.
 * @typedef {object} Ended
 * @property {number} status 0 only when it succeeded; 127 when it could not be started.
 * @property {string} stdout what it wrote to standard output; empty when shown as it came.
 * @property {string} output standard output and standard error, as they came.
 * @property {boolean} isMissing there is no such program.
 * @property {boolean} isTimedOut it was ended for taking too long.
 */

/** Longer than any step of set-up takes on a slow machine and network. */
const timeoutMsDefault = 15 * 60_000;
/** A program told to end has this long to put things in order. */
const patienceMs = 10_000;
const interruptions = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs a program to its end. Never throws for what the program does; but where this process is told
 * to end, the program is ended first, with all that it started, and then Trouble is thrown: an npm
 * left behind would go on in a node_modules that the next set-up works on.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd] default: this process's.
 * @param {NodeJS.ProcessEnv} [options.env] default: this process's.
 * @param {number} [options.timeoutMs] default: 15 minutes.
 * @param {boolean} [options.isShown] let its output through as it comes, and keep none. Default:
 * false.
 * @returns {Promise<Ended>}
 */
export function run(program, args, options = {}) {
  const { cwd, env, timeoutMs = timeoutMsDefault, isShown = false } = options;
  return new Promise((resolve, reject) => {
    let interruption = '';
    const interrupt = (/** @type {string} */ signal) => {
      interruption = signal;
      end(child, isShown);
    };
    // Before there is a child, as a signal may come at once; it is heard when there is one.
    for (const signal of interruptions) process.on(signal, interrupt);
    // A group of its own, so that it can be ended with all its children. What is shown stays in the
    // terminal's group.
    const child = spawn(program, args, {
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
      stdio: ['ignore', isShown ? 'inherit' : 'pipe', isShown ? 'inherit' : 'pipe'],
      detached: !isShown,
    });
    let stdout = '';
    let output = '';
    let isTimedOut = false;
    const timer = setTimeout(() => {
      isTimedOut = true;
      end(child, isShown);
    }, timeoutMs);
    /** @param {Ended} ended */
    const finish = (ended) => {
      clearTimeout(timer);
      for (const signal of interruptions) process.off(signal, interrupt);
      if (interruption === '') resolve(ended);
      else reject(new Trouble(`interrupted by ${interruption}; the next run does it afresh`));
    };
    child.stdout?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      stdout += text;
      output += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      output += text;
    });
    child.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      const isMissing = error.code === 'ENOENT';
      finish({ status: 127, stdout, output: error.message, isMissing, isTimedOut });
    });
    child.on('close', (status, signal) => {
      if (signal !== null) output += `\n${program} was ended by ${signal}\n`;
      finish({ status: status ?? 1, stdout, output, isMissing: false, isTimedOut });
    });
  });
}

/**
 * Ends a program, first asking.
 * @param {import('node:child_process').ChildProcess} child
 * @param {boolean} isAlone whether only the child itself is to be told.
 */
function end(child, isAlone) {
  tell(child, isAlone, 'SIGTERM');
  const late = () => {
    if (child.exitCode === null && child.signalCode === null) tell(child, isAlone, 'SIGKILL');
  };
  setTimeout(late, patienceMs).unref();
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {boolean} isAlone
 * @param {'SIGTERM' | 'SIGKILL'} signal
 */
function tell(child, isAlone, signal) {
  if (isAlone || child.pid === undefined || process.platform === 'win32') {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended by itself.
  }
}

/**
 * The environment for the programs that npm installed here: they come first on PATH.
 * @param {string} root
 * @returns {NodeJS.ProcessEnv}
 */
export function withLocalPrograms(root) {
  const local = join(root, 'node_modules', '.bin');
  return { ...process.env, PATH: [local, ...pathOutside()].join(delimiter) };
}

/**
 * The environment as it is outside any node_modules: what npm must run in when it replaces the
 * very Node that npm scripts have first on PATH.
 * @returns {NodeJS.ProcessEnv}
 */
export function withoutLocalPrograms() {
  return { ...process.env, PATH: pathOutside().join(delimiter) };
}

/** @returns {string[]} */
function pathOutside() {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.filter((folder) => !/[\\/]node_modules[\\/]\.bin[\\/]?$/.test(folder));
}

/**
 * The seconds since a moment, for people.
 * @param {number} sinceMs as `performance.now()` gave it.
 * @returns {string} for example `3.2 s`.
 */
export function secondsSince(sinceMs) {
  return `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;
}
