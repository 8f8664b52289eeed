/**
 * An annex to be repaired: a cluster of five nodes with expressions of five kinds, and as many keys as wanted, each with
 * a file, lying about at random. Files and logs are imported by git, since git-annex would take hours for a million.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { hashDirectoryMixed, keyFile, parseKey, type Key } from '../../src/key/index.ts';
import { locationLogPath, metadataLogPath } from '../../src/repository/index.ts';
import { commit, data, gathered } from '../fast-import.ts';

/** The nodes of the cluster. */
export const nodes: readonly string[] = [1, 2, 3, 4, 5].map(
  (digit) => `${digit}1111111-1111-4111-8111-111111111111`,
);

/** One for each node; they ask names, sizes, copies, metadata, groups and the hash of the key. */
const expressions = [
  'include=music/* and largerthan=1mb',
  'balanced=store:2',
  'balanced=store:2',
  'metadata=tag=keep or not copies=2',
  'not (include=*.tmp or copies=store:3)',
];

const cluster = 'ac205ac5-d1e7-852c-a284-af955a1e255e';
const stamp = '1700000000s';

/**
 * Makes the annex in a directory that is not there yet. Needs git-annex.
 * @param made.isCheckedOut whether the files are in the work tree too, without which `git annex find` names none.
 */
export async function makeAnnex(
  directory: string,
  made: {
    readonly keys: number;
    readonly isCheckedOut: boolean;
    readonly environment: NodeJS.ProcessEnv;
  },
): Promise<void> {
  const { keys, environment } = made;
  const git = (...words: readonly string[]): string =>
    execFileSync('git', ['-C', directory, ...words], { env: environment, encoding: 'utf8' });
  execFileSync('git', ['init', '--quiet', '-b', 'main', directory], { env: environment });
  git('annex', 'init', '--quiet', 'here');
  const uuidLog = git('show', 'git-annex:uuid.log');
  const child = spawn('git', ['-C', directory, 'fast-import', '--quiet', '--force'], {
    env: environment,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const ended = once(child, 'exit');
  await pipeline(Readable.from(gathered(imported(keys, uuidLog))), child.stdin);
  const [status] = await ended;
  if (status !== 0) throw new Error('git fast-import failed');
  git(...(made.isCheckedOut ? ['reset', '--quiet', '--hard'] : ['read-tree', 'main']));
}

function* imported(keys: number, uuidLog: string): Generator<string, void, undefined> {
  yield commit('refs/heads/main');
  for (let number = 0; number < keys; number += 1) {
    const key = keyNumber(number);
    const name = keyFile(key);
    const target = `../../.git/annex/objects/${hashDirectoryMixed(key)}${name}/${name}`;
    yield `M 120000 inline ${fileNumber(number)}\n${data(target)}`;
  }
  yield `${commit('refs/heads/git-annex')}from refs/heads/git-annex^0\n`;
  for (const [path, text] of settings(uuidLog)) yield `M 100644 inline ${path}\n${data(text)}`;
  for (let number = 0; number < keys; number += 1) {
    const key = keyNumber(number);
    const chance = digestOf(number).readUInt8(9);
    // Each in eight is nowhere; else about two copies.
    const holders = nodes.filter((_, place) => chance >= 32 && ((chance * 37) >> place) % 5 < 2);
    const log = holders.map((uuid) => `${stamp} 1 ${uuid}\n`).join('');
    yield `M 100644 inline ${locationLogPath(key)}\n${data(log)}`;
    if (number % 10 !== 0) continue;
    const tag = number % 20 === 0 ? 'keep' : 'other';
    yield `M 100644 inline ${metadataLogPath(key)}\n${data(`${stamp} tag +${tag}\n`)}`;
  }
  yield 'done\n';
}

function digestOf(number: number): Buffer {
  return createHash('sha256').update(String(number)).digest();
}

function keyNumber(number: number): Key {
  const digest = digestOf(number);
  const sizeBytes = digest.readUInt32LE(0) % 3_000_000;
  const key = parseKey(`SHA256E-s${sizeBytes}--${digest.toString('hex')}.bin`);
  if (key === undefined) throw new Error('that is a key');
  return key;
}

function fileNumber(number: number): string {
  const folder = number % 3 === 0 ? 'music' : 'data';
  return `${folder}/${Math.floor(number / 1000)}/file-${number}.${number % 7 === 0 ? 'tmp' : 'bin'}`;
}

function settings(uuidLog: string): ReadonlyMap<string, string> {
  const lines = (value: (place: number) => string): string =>
    nodes.map((uuid, place) => `${uuid} ${value(place)} timestamp=${stamp}\n`).join('');
  return new Map([
    ['uuid.log', uuidLog + lines((place) => `node${place + 1}`)],
    ['group.log', lines(() => 'store')],
    ['preferred-content.log', lines((place) => expressions[place] ?? '')],
    ['cluster.log', `${stamp} ${cluster} ${nodes.join(' ')}\n`],
    ['numcopies.log', `${stamp} 2\n`],
  ]);
}
