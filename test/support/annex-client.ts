import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gitEnvironment } from './git-annex.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const run = promisify(execFile);

/** How long one command of a client may take, milliseconds: a server that stalls must fail. */
const commandMs = 100_000;

/** A clone with real git-annex in it, as a user would make it. */
export class AnnexClient {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** `git clone`, the one setting that loopback needs, `git annex init`. */
  static async clone(url: string, name: string): Promise<AnnexClient> {
    const directory = join(temporaryDirectory(), name);
    await run('git', ['clone', '--quiet', url, directory], { env: gitEnvironment });
    const client = new AnnexClient(directory);
    await client.git('config', 'annex.security.allowed-ip-addresses', '127.0.0.1 ::1');
    await client.annex('init', name);
    return client;
  }

  async git(...words: readonly string[]): Promise<string> {
    const { stdout } = await run('git', words, {
      cwd: this.directory,
      env: gitEnvironment,
      timeout: commandMs,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  }

  /** As {@link git}, with what it says on its standard error: that has what the server says. */
  async gitSaid(...words: readonly string[]): Promise<string> {
    const { stdout, stderr } = await run('git', words, {
      cwd: this.directory,
      env: gitEnvironment,
      timeout: commandMs,
    });
    return `${stdout}${stderr}`;
  }

  annex(...words: readonly string[]): Promise<string> {
    return this.git('annex', ...words);
  }

  /** Files that a remote wants, by git-annex's own evaluation. */
  async wantedBy(remote: string): Promise<string[]> {
    const out = await this.annex('find', '--include=*', `--want-get-by=${remote}`);
    return out.split('\n').filter((line) => line !== '');
  }

  /** Names of the remotes that have each file, by `git annex whereis`; without the cluster. */
  async whereis(): Promise<Map<string, string[]>> {
    const out = await this.annex('whereis', '--json');
    const lines = out.split('\n').filter((line) => line !== '');
    return new Map(lines.map((line) => placesOf(JSON.parse(line))));
  }

  /** SHA-256 of a file's content, in hexadecimal. */
  async sha256(file: string): Promise<string> {
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(this.directory, file)), hash);
    return hash.digest('hex');
  }
}

function placesOf(answer: unknown): [string, string[]] {
  if (typeof answer !== 'object' || answer === null) throw new Error('whereis gave no object');
  if (!('file' in answer) || typeof answer.file !== 'string') throw new Error('no file');
  if (!('whereis' in answer) || !Array.isArray(answer.whereis)) throw new Error('no places');
  const names = answer.whereis.map((place: unknown) => nameOf(place));
  return [answer.file, names.filter((name) => name !== undefined).sort()];
}

/** `node1 [origin-node1]` is `origin-node1`; a cluster is a location, not a copy. */
function nameOf(place: unknown): string | undefined {
  if (typeof place !== 'object' || place === null || !('description' in place)) return undefined;
  const description = String(place.description);
  if (description.startsWith('cluster ')) return undefined;
  return /\[([^\]]+)\]$/.exec(description)?.[1] ?? description;
}
