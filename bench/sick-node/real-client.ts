import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AnnexClone } from '../../test/long/world/annex-clone.ts';
import { git } from '../../test/support/git-annex.ts';

/** How a command of a client ended. */
export interface Ended {
  readonly name: string;
  readonly how: 'ok' | 'failed' | 'timeout';
  readonly seconds: number;
  /** What it said last, where it failed. */
  readonly said: string;
}

const remote = 'origin-cluster';
const fileBytes = 10_000;

/** What a user does with a cluster, one command after the other; `FILE` files are made before. */
const commands: readonly { readonly name: string; readonly words: readonly string[] }[] = [
  { name: 'get', words: ['get', 'old1', 'old2'] },
  { name: 'copy --to', words: ['copy', '--to', remote, 'copied1', 'copied2'] },
  { name: 'move --to', words: ['move', '--to', remote, 'moved'] },
  { name: 'drop', words: ['drop', 'copied1'] },
  { name: 'sync --content', words: ['sync', '--content'] },
  { name: 'assist', words: ['assist'] },
  { name: 'move --from', words: ['move', '--from', remote, 'old3'] },
  { name: 'drop --from', words: ['drop', '--from', remote, 'old4'] },
];

export const commandNames: readonly string[] = commands.map(({ name }) => name);

/** A clone of a user, with files at the cluster and files that are only here. */
export class RealClient {
  readonly #clone: AnnexClone;
  readonly #limitMs: number;

  private constructor(clone: AnnexClone, limitMs: number) {
    this.#clone = clone;
    this.#limitMs = limitMs;
  }

  /** Clones from a server whose nodes are all well. */
  static clone(url: string, directory: string, limitMs: number): RealClient {
    const client = new RealClient(new AnnexClone(url, directory), limitMs);
    const old = ['old1', 'old2', 'old3', 'old4'];
    client.#add(old);
    git(directory, 'annex', 'copy', '--quiet', '--to', remote, ...old);
    git(directory, 'annex', 'sync', '--quiet', '--no-content');
    git(directory, 'annex', 'drop', '--quiet', 'old1', 'old2', 'old3');
    client.#add(['copied1', 'copied2', 'moved']);
    return client;
  }

  /** All commands, whatever becomes of each. */
  async run(): Promise<Ended[]> {
    const ended: Ended[] = [];
    for (const { name, words } of commands) {
      if (name.startsWith('sync')) this.#add(['synced1', 'synced2']);
      if (name === 'assist')
        writeFileSync(join(this.#clone.directory, 'assisted'), randomBytes(fileBytes));
      ended.push(await this.#run(name, words));
    }
    return ended;
  }

  #add(files: readonly string[]): void {
    for (const file of files)
      writeFileSync(join(this.#clone.directory, file), randomBytes(fileBytes));
    git(this.#clone.directory, 'annex', 'add', '--quiet', ...files);
    git(this.#clone.directory, 'commit', '--quiet', '-m', 'files');
  }

  async #run(name: string, words: readonly string[]): Promise<Ended> {
    const startMs = performance.now();
    const { status, said } = await this.#clone.annex(this.#limitMs, ...words);
    const seconds = (performance.now() - startMs) / 1000;
    const how = status === undefined ? 'timeout' : status === 0 ? 'ok' : 'failed';
    return { name, how, seconds, said: how === 'ok' ? '' : said };
  }
}
