/**
 * A program of a `type=external` special remote for tests, which keeps pieces in a directory: `directory=` of its
 * settings, else EXTERNAL_DIRECTORY. EXTERNAL_MODES has words, parted by commas, for what it is like:
 *
 *     async, ordered                what it can
 *     keyed                         it keeps nothing by paths
 *     unrenaming, failing, flat     as to exports: it renames nothing, and says so or that it failed; it has no directories
 *     slow                          a piece is given in halves, the second when a file `go` is there
 *     renaming                      a piece is given by a file that takes the place of another
 *     version, needy, unready       how it fails to begin
 *     silent, dying, odd, endless, sorry, unasked, refusing@REQUEST
 *                                   how it fails, once, at a request
 *
 * A piece is stored when no file `wait` is in the directory. With EXTERNAL_SHOWS it writes its environment to a file. EXTERNAL_ASKS has questions, parted by `|`, which it asks when it gets ready; the answers go to a file `answers`.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';

const modes = (process.env['EXTERNAL_MODES'] ?? '').split(',');
const asks = (process.env['EXTERNAL_ASKS'] ?? '').split('|').filter(Boolean);
const isAsync = modes.includes('async');
let directory = process.env['EXTERNAL_DIRECTORY'] ?? '';
/** Whether lines say which request they are about. */
let isFramed = false;

/**
 * Who waits for a line about a request.
 * @type {Map<string, (line: string) => void>}
 */
const waiting = new Map();

/**
 * What path the next request is about.
 * @type {Map<string, string>}
 */
const exported = new Map();

/**
 * Answers of several lines, as far as nobody has waited for them yet.
 * @type {[job: string, line: string][]}
 */
const early = [];

/**
 * @param {string} job
 * @param {string} line
 * @returns {void}
 */
function say(job, line) {
  process.stdout.write(isFramed ? `J ${job} ${line}\n` : `${line}\n`, 'latin1');
}

/**
 * @param {string} job
 * @param {string} line
 * @returns {Promise<string>}
 */
async function ask(job, line) {
  const answer = heard(job);
  say(job, line);
  return await answer;
}

/**
 * @param {string} job
 * @returns {Promise<string>}
 */
async function heard(job) {
  const at = early.findIndex(([of]) => of === job);
  const [, line] = early.splice(at, at < 0 ? 0 : 1)[0] ?? [];
  return line ?? (await new Promise((resolve) => waiting.set(job, resolve)));
}

/**
 * @param {string} job
 * @returns {Promise<string>}
 */
async function prepare(job) {
  directory ||= (await ask(job, 'GETCONFIG directory')).slice('VALUE '.length);
  if (process.env['EXTERNAL_SHOWS'] !== undefined) {
    const shown = Object.entries(process.env).map(([name, value]) => `${name}=${value}`);
    writeFileSync(join(directory, 'environment'), shown.join('\n'));
  }
  if (modes.includes('unready')) return 'PREPARE-FAILURE it rains';
  if (modes.includes('needy')) {
    const answer = await ask(job, 'GETCREDS account');
    if (answer === 'CREDS  ') return 'PREPARE-FAILURE nobody lets me in';
    appendFileSync(join(directory, 'answers'), `${answer}\n`);
  }
  for (const question of asks) {
    if (!/^(?:GET|DIRHASH)/.test(question)) say(job, question);
    else await note(job, question);
  }
  return 'PREPARE-SUCCESS';
}

/**
 * @param {string} job
 * @param {string} question
 * @returns {Promise<void>}
 */
async function note(job, question) {
  for (let answer = await ask(job, question); ; answer = await heard(job)) {
    appendFileSync(join(directory, 'answers'), `${answer}\n`);
    if (!question.startsWith('GETURLS') || answer === 'VALUE ') return;
  }
}

/**
 * @param {string} job
 * @param {string} key
 * @param {string} path
 * @returns {Promise<void>}
 */
async function retrieve(job, key, path) {
  const content = readFileSync(placeOf(job, key));
  const half = modes.includes('slow') ? Math.floor(content.length / 2) : content.length;
  const written = modes.includes('renaming') ? `${path}.part` : path;
  writeFileSync(written, content.subarray(0, half));
  say(job, `PROGRESS ${half}`);
  if (half < content.length) {
    while (!existsSync(join(directory, 'go'))) await setTimeout(5);
    appendFileSync(written, content.subarray(half));
  }
  if (written === path) return;
  writeFileSync(path, 'not it');
  renameSync(written, path);
}

/**
 * What it answers to a request.
 * @param {string} job
 * @param {string} line
 * @returns {Promise<string>}
 */
async function answer(job, line) {
  const [name = '', ...words] = line.split(' ');
  const [key = ''] = words;
  const [kind = ''] = /^(?:CHECKPRESENT|REMOVE|TRANSFER)(?=EXPORT$)/.exec(name) ?? [];
  if (kind !== '') return await answer(job, line.replace(name, kind));
  switch (name) {
    case 'EXPORTSUPPORTED':
      return `EXPORTSUPPORTED-${modes.includes('keyed') ? 'FAILURE' : 'SUCCESS'}`;
    case 'REMOVEEXPORTDIRECTORY': {
      if (modes.includes('flat')) return 'UNSUPPORTED-REQUEST';
      rmSync(join(directory, pathOf(words)), { recursive: true, force: true });
      return 'REMOVEEXPORTDIRECTORY-SUCCESS';
    }
    case 'RENAMEEXPORT': {
      if (modes.includes('unrenaming')) return 'UNSUPPORTED-REQUEST';
      if (modes.includes('failing')) return `RENAMEEXPORT-FAILURE ${key}`;
      moveTo(join(directory, pathOf(words.slice(1))), placeOf(job, key));
      return `RENAMEEXPORT-SUCCESS ${key}`;
    }
    case 'PREPARE':
      return await prepare(job);
    case 'INITREMOTE':
      directory ||= (await ask(job, 'GETCONFIG directory')).slice('VALUE '.length);
      mkdirSync(directory, { recursive: true });
      return 'INITREMOTE-SUCCESS';
    case 'GETORDERED':
      return modes.includes('ordered') ? 'ORDERED' : 'UNORDERED';
    case 'CHECKPRESENT': {
      if (!existsSync(directory)) return `CHECKPRESENT-UNKNOWN ${key} the directory is gone`;
      const isThere = existsSync(placeOf(job, key));
      return `CHECKPRESENT-${isThere ? 'SUCCESS' : 'FAILURE'} ${key}`;
    }
    case 'REMOVE':
      rmSync(placeOf(job, key), { force: true });
      return `REMOVE-SUCCESS ${key}`;
    case 'TRANSFER': {
      const [direction = '', about = '', ...path] = words;
      const outcome = `${direction} ${about}`;
      try {
        if (direction === 'RETRIEVE') await retrieve(job, about, pathOf(path));
        else await store(job, about, pathOf(path));
        return `TRANSFER-SUCCESS ${outcome}`;
      } catch (error) {
        return `TRANSFER-FAILURE ${outcome} ${String(error)}`;
      }
    }
    default:
      return 'UNSUPPORTED-REQUEST';
  }
}

/**
 * @param {string} job
 * @param {string} key
 * @param {string} path
 * @returns {Promise<void>}
 */
async function store(job, key, path) {
  while (existsSync(join(directory, 'wait'))) await setTimeout(5);
  const content = readFileSync(path);
  say(job, `PROGRESS ${content.length}`);
  const growing = join(directory, `growing-${process.pid}-${job}`);
  writeFileSync(growing, content);
  moveTo(placeOf(job, key), growing);
}

/**
 * @param {string} place
 * @param {string} from
 * @returns {void}
 */
function moveTo(place, from) {
  mkdirSync(dirname(place), { recursive: true });
  renameSync(from, place);
}

/**
 * Fails at a request as a mode says, if it has not done so before; whether it has failed now.
 * @param {string} job
 * @param {string} line
 * @returns {boolean}
 */
function fails(job, line) {
  const [name = ''] = line.split(' ');
  const [how] = modes.find((mode) => mode.endsWith(`@${name}`))?.split('@') ?? [];
  const mark = join(directory, 'failed');
  if (how === undefined || existsSync(mark)) return false;
  writeFileSync(mark, '');
  if (how === 'dying') {
    process.stderr.write('out of luck\n', () => process.exit(3));
  } else if (how === 'odd') say(job, `WHAT ${'is this '.repeat(1000)}`);
  else if (how === 'endless') process.stdout.write('x'.repeat(200_000));
  else if (how === 'sorry') say(job, 'ERROR the place burns');
  else if (how === 'refusing') say(job, `${line.replace(name, `${name}-FAILURE`)} no`);
  return true;
}

/**
 * @param {string} line
 * @returns {Promise<void>}
 */
async function take(line) {
  const [job = '0', text = line] = isFramed ? (/^J (\d+) (.*)$/.exec(line)?.slice(1) ?? []) : [];
  const waiter = waiting.get(job);
  if (waiter !== undefined) {
    waiting.delete(job);
    waiter(text);
    return;
  }
  if (text.startsWith('VALUE')) {
    early.push([job, text]);
    return;
  }
  if (text.startsWith('EXTENSIONS')) {
    const mine = isAsync && text.split(' ').includes('ASYNC') ? ' ASYNC' : '';
    say(job, `EXTENSIONS INFO${mine}`);
    isFramed = mine !== '';
    return;
  }
  if (text.startsWith('EXPORT ')) {
    exported.set(job, pathOf(text.split(' ').slice(1)));
    return;
  }
  if (!fails(job, text)) say(job, await answer(job, text));
  exported.delete(job);
}

/** @param {readonly string[]} words */
function pathOf(words) {
  return Buffer.from(words.join(' '), 'latin1').toString();
}

/**
 * Keys may have slashes, and bytes that are no text. A path is that of what is asked next.
 * @param {string} job
 * @param {string} key
 */
function placeOf(job, key) {
  const path = exported.get(job);
  if (path !== undefined) return join(directory, path);
  return join(directory, Buffer.from(key, 'latin1').toString('base64url'));
}

process.stdin.setEncoding('latin1');
say('0', modes.includes('version') ? 'VERSION 7' : 'VERSION 1');
for await (const line of createInterface({ input: process.stdin })) void take(line);
