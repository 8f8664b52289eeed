import { execFileSync } from 'node:child_process';
import { closeSync, linkSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Content } from './content.ts';

/** A repository with contents, for all servers of one run. */
export interface BenchRepository {
  readonly directory: string;
  readonly uuid: string;
  /** Keys of small contents that are there. */
  readonly keys: readonly string[];
  readonly large: LargeContent | undefined;
}

export interface LargeContent {
  readonly key: string;
  readonly content: Content;
  /** The same file under another name, for a server of files. */
  readonly file: string;
}

const smallBytes = 10_000;

/**
 * Makes one with the real git-annex.
 * @param options.largeBytes 0 for no large content.
 */
export function makeRepository(
  directory: string,
  options: {
    readonly keys: number;
    readonly largeBytes: number;
    readonly environment: NodeJS.ProcessEnv;
  },
): BenchRepository {
  const git = (...words: string[]): string =>
    execFileSync('git', ['-C', directory, ...words], {
      env: options.environment,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64 * 1024 * 1024,
    });
  mkdirSync(join(directory, 'small'), { recursive: true });
  git('init', '--quiet', '-b', 'main');
  git('annex', 'init', 'bench');
  for (let number = 0; number < options.keys; number += 1) {
    writeFile(
      join(directory, 'small', String(number)),
      new Content(smallBytes, randomBytes(smallBytes)),
    );
  }
  const large = options.largeBytes === 0 ? undefined : new Content(options.largeBytes);
  if (large !== undefined) writeFile(join(directory, 'large'), large);
  git('annex', 'add', '--quiet', '.');
  git('commit', '--quiet', '-m', 'contents');
  const keys = git('annex', 'find', 'small', '--format', '${key}\\n').trim().split('\n');
  const uuid = git('config', 'annex.uuid').trim();
  if (large === undefined) return { directory, uuid, keys, large };
  const [key = ''] = git('annex', 'find', 'large', '--format', '${key}\\n').trim().split('\n');
  const www = join(directory, '..', 'www');
  mkdirSync(www);
  const file = join(www, 'large');
  linkSync(join(directory, git('annex', 'contentlocation', key).trim()), file);
  return { directory, uuid, keys, large: { key, content: large, file } };
}

/** Another key of the same content, so that a content can be put again without being removed. */
export function freshKey(key: string): string {
  return `${key}.${randomUUID().slice(0, 8)}`;
}

/** Whether a content that a server said it stored is there, whole. */
export function holds(repository: BenchRepository, key: string, content: Content): boolean {
  const words = ['-C', repository.directory, 'annex', 'contentlocation', key];
  const found = execFileSync('git', words, { encoding: 'utf8' }).trim();
  const file = openSync(join(repository.directory, found), 'r');
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  try {
    for (let atByte = 0; ; ) {
      const count = readSync(file, buffer);
      if (count === 0) return atByte === content.sizeBytes;
      if (!content.holds(buffer.subarray(0, count), atByte)) return false;
      atByte += count;
    }
  } finally {
    closeSync(file);
  }
}

function writeFile(path: string, content: Content): void {
  const file = openSync(path, 'wx');
  try {
    for (const piece of content.pieces()) writeSync(file, piece);
  } finally {
    closeSync(file);
  }
}
