import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createRepository } from '../src/repository/create-repository.ts';
import type { ProgramServer } from '../test/support/program-server.ts';
import { parseUuid } from '../src/units/index.ts';

const run = promisify(execFile);

/** A command that takes longer has stalled, milliseconds (spec/newest.md section 5). */
export const stallMs = 150_000;

/**
 * Sizes of the files that clients get and drop (spec/newest.md section 5): 30 small and 10 large.
 */
const fileBytes = Array.from({ length: 40 }, (_, i) => (i < 30 ? 10_000 : 1_000_000));

/** What a server holds at one moment. */
export interface Held {
  readonly descriptors: number;
  readonly residentKiB: number;
  /** Lock files, retention files and temporary files below its annex directory. */
  readonly leftovers: readonly string[];
}

/** What a client did. */
export interface Rounds {
  readonly commands: number;
  readonly slowestMs: number;
}

/** Clones that get all files from a server and drop them again, over and over, all at once. */
export class DropGetLoop {
  readonly #directory: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #clones: string[] = [];

  /** @param directory an empty one, for the repository (`served.git`) and the clones. */
  constructor(directory: string, environment: NodeJS.ProcessEnv) {
    this.#directory = directory;
    this.#environment = environment;
  }

  get repository(): string {
    return join(this.#directory, 'served.git');
  }

  /** Makes the repository that is to be served: bare, and empty. */
  async makeRepository(): Promise<void> {
    const uuid = parseUuid('00000000-0000-4000-8000-000000000001');
    if (uuid === undefined) throw new Error('no UUID');
    await createRepository(this.repository, { uuid, branch: [] });
  }

  /** Makes the clones, and stores the files through the server. */
  async makeClones(server: ProgramServer, count: number): Promise<void> {
    const first = await this.#clone(server, 'clone0');
    for (const [i, bytes] of fileBytes.entries()) {
      writeFileSync(join(first, `file${i}`), randomBytes(bytes));
    }
    await this.#git(first, 'annex', 'add', '--quiet', '.');
    await this.#git(first, 'commit', '--quiet', '-m', 'files');
    await this.#git(first, 'annex', 'copy', '--quiet', '--to', 'origin', '.');
    await this.#git(first, 'push', '--quiet', 'origin', 'HEAD:main', 'git-annex:synced/git-annex');
    await this.#git(first, 'annex', 'drop', '--quiet', '.');
    for (let i = 1; i < count; i += 1) await this.#clone(server, `clone${i}`);
  }

  /**
   * Loops in all clones until some time is over, once at least; the first command that fails or
   * stalls ends it.
   */
  async run(durationMs: number): Promise<Rounds[]> {
    const endMs = performance.now() + durationMs;
    return await Promise.all(this.#clones.map((clone) => this.#loop(clone, endMs)));
  }

  /** What the server holds now. */
  held(server: ProgramServer): Held {
    const directory = `/proc/${server.pid}/fd`;
    const paths = readdirSync(directory).flatMap((fd) => {
      try {
        return [readlinkSync(join(directory, fd))];
      } catch {
        return [];
      }
    });
    const annex = join(this.repository, 'annex');
    const leftovers = readdirSync(annex, { recursive: true })
      .map(String)
      .filter((path) => /\.(lck|rtm|rtl)$|^(tmp|othertmp|transfer\/.*lck)\/./.test(path))
      .filter((path) => !/^[a-z-]+\.lck$/.test(path));
    return { descriptors: paths.length, residentKiB: server.residentKiB(), leftovers };
  }

  async #loop(clone: string, endMs: number): Promise<Rounds> {
    let commands = 0;
    let slowestMs = 0;
    do {
      for (const verb of ['get', 'drop']) {
        const startMs = performance.now();
        await this.#git(clone, 'annex', verb, '--quiet', '.');
        slowestMs = Math.max(slowestMs, performance.now() - startMs);
        commands += 1;
      }
    } while (performance.now() < endMs);
    return { commands, slowestMs };
  }

  async #clone(server: ProgramServer, name: string): Promise<string> {
    const clone = join(this.#directory, name);
    await this.#git(this.#directory, 'clone', '--quiet', server.url, clone);
    await this.#git(clone, 'config', 'annex.security.allowed-ip-addresses', '127.0.0.1 ::1');
    await this.#git(clone, 'annex', 'init', '--quiet', name);
    this.#clones.push(clone);
    return clone;
  }

  async #git(directory: string, ...words: readonly string[]): Promise<void> {
    // What git-annex waits for without end must fail here.
    await run('git', words, { cwd: directory, env: this.#environment, timeout: stallMs });
  }
}
