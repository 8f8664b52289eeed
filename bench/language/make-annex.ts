import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { hashDirectoryMixed, keyFile, parseKey, type Key } from '../../src/key/index.ts';
import type { Configuration } from '../../src/placement/index.ts';
import { locationLogPath } from '../../src/repository/index.ts';
import { factsOf, fileOf, holdersIn, keyTextOf } from './facts.ts';
import { commit, data } from '../fast-import.ts';

/** A stamp in the past of every log line. */
const stamp = '1700000000s';

/**
 * A repository made by the real git-annex, with the first files as annexed links and with the logs
 * of that configuration. Files and logs are imported by git, since git-annex takes minutes for as
 * many.
 */
export async function makeAnnex(
  directory: string,
  options: {
    readonly files: number;
    readonly configuration: Configuration;
    readonly environment: NodeJS.ProcessEnv;
  },
): Promise<void> {
  const { environment } = options;
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
  await pipeline(
    Readable.from(imported(options.files, logsOf(options.configuration, uuidLog))),
    child.stdin,
  );
  const [status] = await ended;
  if (status !== 0) throw new Error('git fast-import failed');
  git('reset', '--quiet', '--hard');
}

function* imported(
  files: number,
  logs: ReadonlyMap<string, string>,
): Generator<string, void, undefined> {
  yield commit('refs/heads/main');
  for (const { file, key } of keysOf(files)) {
    const name = keyFile(key);
    const target = `../../.git/annex/objects/${hashDirectoryMixed(key)}${name}/${name}`;
    yield `M 120000 inline ${file}\n${data(target)}`;
  }
  yield `${commit('refs/heads/git-annex')}from refs/heads/git-annex^0\n`;
  for (const [path, text] of logs) yield `M 100644 inline ${path}\n${data(text)}`;
  for (const { key, mask } of keysOf(files)) {
    const log = holdersIn(mask).map((uuid) => `${stamp} 1 ${uuid}\n`);
    if (log.length > 0) {
      yield `M 100644 inline ${locationLogPath(key)}\n${data(log.join(''))}`;
    }
  }
  yield 'done\n';
}

interface FileOfKey {
  readonly file: string;
  readonly key: Key;
  readonly mask: number;
}

function* keysOf(files: number): Generator<FileOfKey, void, undefined> {
  for (let number = 0; number < files; number += 1) {
    const facts = factsOf(number);
    const key = parseKey(keyTextOf(facts));
    if (key === undefined) throw new Error('that is a key');
    yield { file: fileOf(number, facts), key, mask: facts.mask };
  }
}

function logsOf(configuration: Configuration, uuidLog: string): ReadonlyMap<string, string> {
  const repositories = [...configuration.repositories];
  const lines = (line: (settings: (typeof repositories)[number]) => string): string =>
    repositories.map(line).join('');
  return new Map([
    ['uuid.log', uuidLog + lines(([uuid]) => `${uuid} ${uuid} timestamp=${stamp}\n`)],
    [
      'group.log',
      lines(([uuid, { groups }]) => `${uuid} ${groups.join(' ')} timestamp=${stamp}\n`),
    ],
    [
      'preferred-content.log',
      lines(([uuid, { wanted }]) =>
        wanted === undefined ? '' : `${uuid} ${wanted} timestamp=${stamp}\n`,
      ),
    ],
    [
      'maxsize.log',
      lines(([uuid, { maxsizeBytes }]) =>
        maxsizeBytes === undefined ? '' : `${stamp} ${uuid} ${maxsizeBytes}\n`,
      ),
    ],
    ['numcopies.log', `${stamp} ${configuration.numcopies}\n`],
  ]);
}
