/**
 * An annex of as many keys as wanted, imported by git, since git-annex would take hours for a million. It has
 * 8 repositories in 3 groups with preferred content, a location log for each key, metadata for each tenth, and
 * a tree in which each key has a file.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { hashDirectoryMixed, keyFile, parseKey, type Key } from '../../src/key/index.ts';
import { locationLogPath, metadataLogPath } from '../../src/repository/index.ts';
import { commit, data, gathered } from '../fast-import.ts';

const stamp = '1700000000s';
const repositories = 8;
const uuids = Array.from(
  { length: repositories },
  (_, number) => `${number + 1}1111111-1111-4111-8111-111111111111`,
);
const groups = ['client', 'archive', 'backup'];
/** One for each group; the second asks metadata, the third sizes and copies. */
const expressions = [
  '(include=music/* and not copies=archive:2) or present',
  'metadata=tag=keep or largerthan=5mb',
  'balanced=backup:2 and not (lackingcopies=-3)',
];

/** Makes the annex in a directory that is not there yet. */
export async function makeLargeAnnex(directory: string, keys: number): Promise<void> {
  const git = (...words: readonly string[]): void => {
    execFileSync('git', ['-C', directory, ...words]);
  };
  execFileSync('git', ['init', '--quiet', '-b', 'main', directory]);
  git('config', 'annex.uuid', uuids[0] ?? '');
  git('config', 'annex.version', '10');
  const child = spawn('git', ['-C', directory, 'fast-import', '--quiet', '--force'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const ended = once(child, 'exit');
  await pipeline(Readable.from(gathered(imported(keys))), child.stdin);
  const [status] = await ended;
  if (status !== 0) throw new Error('git fast-import failed');
  git('read-tree', 'main');
}

function* imported(keys: number): Generator<string> {
  yield commit('refs/heads/main');
  for (let number = 0; number < keys; number += 1) {
    const key = keyNumber(number);
    const name = keyFile(key);
    const target = `../../.git/annex/objects/${hashDirectoryMixed(key)}${name}/${name}`;
    yield `M 120000 inline ${fileNumber(number)}\n${data(target)}`;
  }
  yield commit('refs/heads/git-annex');
  for (const [path, text] of settings()) yield `M 100644 inline ${path}\n${data(text)}`;
  for (let number = 0; number < keys; number += 1) {
    const key = keyNumber(number);
    const holders = uuids.filter((_, place) => ((number * 2654435761) >>> (place + 8)) % 3 === 0);
    const log = holders.map((uuid) => `${stamp} 1 ${uuid}\n`).join('');
    yield `M 100644 inline ${locationLogPath(key)}\n${data(log)}`;
    if (number % 10 === 0) {
      const tag = number % 20 === 0 ? 'keep' : 'other';
      yield `M 100644 inline ${metadataLogPath(key)}\n${data(`${stamp} tag +${tag}\n`)}`;
    }
  }
  yield 'done\n';
}

function keyNumber(number: number): Key {
  const digest = createHash('sha256').update(String(number)).digest('hex');
  const key = parseKey(`SHA256E-s${1000 + ((number * 7919) % 10_000_000)}--${digest}.bin`);
  if (key === undefined) throw new Error('that is a key');
  return key;
}

function fileNumber(number: number): string {
  const folder = number % 3 === 0 ? 'music' : 'data';
  return `${folder}/${Math.floor(number / 1000)}/file-${number}.bin`;
}

function settings(): ReadonlyMap<string, string> {
  const lines = (value: (place: number) => string): string =>
    uuids.map((uuid, place) => `${uuid} ${value(place)} timestamp=${stamp}\n`).join('');
  return new Map([
    ['uuid.log', lines((place) => `repository ${place + 1}`)],
    ['group.log', lines((place) => groups[place % groups.length] ?? '')],
    ['preferred-content.log', lines((place) => expressions[place % expressions.length] ?? '')],
    ['maxsize.log', uuids.map((uuid) => `${stamp} ${uuid} 9000000000000\n`).join('')],
    ['numcopies.log', `${stamp} 2\n`],
  ]);
}
