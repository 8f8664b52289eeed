import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { serializeKey, type Key } from '../../../src/key/index.ts';
import {
  AnnexBranch,
  locationLogPath,
  presentIn,
  setMaxsize,
  stampOf,
} from '../../../src/repository/index.ts';
import { git } from '../../support/git-annex.ts';
import { uuidOf } from '../../support/presence.ts';
import { serveProgram, type ProgramServer } from '../../support/program-server.ts';
import { newContent, postKey, put } from '../annex-requests.ts';
import {
  contentPath,
  newDemo,
  nodeNames,
  repositoryOf,
  uuidsOf,
  type DemoName,
} from '../served-demo.ts';

const names = ['gateway', ...nodeNames] as const;
type Name = (typeof names)[number];

const contentBytes = 100_000;
/** Room for ten contents on each node, so that nodes are full most of the time. */
const maxsizeBytes = 1_000_000n;

/** How long a start may take to have all agree, milliseconds. */
const settledMs = 30_000;

/** How many kills hit something half done, and what was done at all. */
export interface KillCounts {
  kills: number;
  /** Kills after which a disk and a log did not agree before the restart. */
  hits: number;
  stores: number;
  removals: number;
}

/**
 * A demo whose server is killed at the moment at which a content appears on a disk, or goes, and
 * started again. After each start every disk, the log of its repository and the gateway's log must
 * agree in every key, and no node may hold more than its maxsize.
 */
export class KillRounds {
  readonly counts: KillCounts = { kills: 0, hits: 0, stores: 0, removals: 0 };
  readonly #directory: string;
  readonly #uuids: Readonly<Record<DemoName, string>>;
  readonly #branches: ReadonlyMap<Name, AnnexBranch>;
  readonly #random: () => number;
  #server: ProgramServer | undefined;
  /** The keys of the last acts. */
  #touched: readonly Key[] = [];
  /** Every key that was ever sent. */
  readonly #keys: Key[] = [];
  readonly #acknowledged = new Set<Key>();

  private constructor(parts: {
    directory: string;
    branches: ReadonlyMap<Name, AnnexBranch>;
    seed: number;
  }) {
    this.#directory = parts.directory;
    this.#uuids = uuidsOf(parts.directory);
    this.#branches = parts.branches;
    this.#random = randomFrom(parts.seed);
  }

  static async begin(seed: number): Promise<KillRounds> {
    const directory = await newDemo();
    const gateway = repositoryOf(directory, 'gateway');
    git(gateway, 'config', 'annex.cluster.cluster.unwanted', 'refuse');
    const branches = new Map<Name, AnnexBranch>();
    for (const name of names) {
      branches.set(name, await AnnexBranch.open(repositoryOf(directory, name)));
    }
    const rounds = new KillRounds({ directory, branches, seed });
    await rounds.#limitSizes();
    return rounds;
  }

  /** Serves, acts, kills in the middle of the act, and says what does not agree after a restart. */
  async run(kills: number): Promise<readonly string[]> {
    const faults: string[] = [];
    for (let kill = 0; kill < kills && faults.length === 0; kill += 1) {
      const server = await this.#serve();
      faults.push(...(await this.#lasting()).map((fault) => `before kill ${kill}: ${fault}`));
      await this.#killDuringAct(server);
      this.counts.kills += 1;
      if ((await this.#disagreements(this.#touched)).length > 0) this.counts.hits += 1;
    }
    const server = await this.#serve();
    faults.push(...(await this.#lasting()));
    await server.stop();
    return faults;
  }

  async close(): Promise<void> {
    this.#server?.kill();
    for (const branch of this.#branches.values()) await branch.close();
  }

  /** On a busy machine a start goes on before it has looked at all; nothing is placed meanwhile. */
  async #lasting(): Promise<string[]> {
    const endMs = performance.now() + settledMs;
    for (;;) {
      const faults = await this.#faults();
      if (faults.length === 0 || performance.now() > endMs) return faults;
      await sleep(100);
    }
  }

  /** What must not be, while the server runs and nobody uses it. */
  async #faults(): Promise<string[]> {
    const faults = await this.#disagreements(this.#keys);
    for (const name of nodeNames) {
      const bytes = this.#keys.filter((key) => this.#has(name, key)).length * contentBytes;
      if (bytes > Number(maxsizeBytes)) faults.push(`${name} holds ${bytes} bytes`);
      const left = emptyDirectories(join(repositoryOf(this.#directory, name), 'annex', 'objects'));
      if (left.length > 0) faults.push(`${name} has ${left.length} empty directories`);
    }
    for (const key of this.#acknowledged) {
      if (!names.some((name) => this.#has(name, key))) faults.push(`lost ${serializeKey(key)}`);
    }
    return faults;
  }

  async #serve(): Promise<ProgramServer> {
    this.#server = await serveProgram(repositoryOf(this.#directory, 'gateway'), '--wideopen');
    return this.#server;
  }

  async #killDuringAct(server: ProgramServer): Promise<void> {
    const held = this.#keys.filter((key) => nodeNames.some((name) => this.#has(name, key)));
    const isRemoval = held.length > 3 && this.#random() < 0.5;
    const demo = { port: server.port, uuids: this.#uuids };
    const acts = isRemoval ? this.#removals(demo, held) : this.#stores(demo);
    this.#touched = acts.keys;
    // A kill at the first change, or a little after it: between the logs as well.
    await this.#firstChange(acts);
    const laterMs = this.#random() < 0.6 ? 0 : this.#random() * 6;
    if (laterMs > 0) await sleep(laterMs);
    server.kill();
    await Promise.allSettled(acts.requests);
    await server.ended;
  }

  #stores(demo: Target): Acts {
    const requests: Promise<unknown>[] = [];
    const keys: Key[] = [];
    for (let count = 1 + Math.floor(this.#random() * 3); count > 0; count -= 1) {
      const { content, key } = newContent(contentBytes);
      const to = this.#random() < 0.15 ? 'gateway' : 'cluster';
      this.#keys.push(key);
      keys.push(key);
      this.counts.stores += 1;
      const stored = put(demo, to, key, content).then((answer) => {
        if (JSON.stringify(answer).includes('"stored":true')) this.#acknowledged.add(key);
      });
      requests.push(stored);
    }
    return { requests, keys };
  }

  #removals(demo: Target, held: readonly Key[]): Acts {
    const keys = held.filter(() => this.#random() < 2 / held.length);
    if (keys.length === 0) keys.push(...held.slice(0, 1));
    const requests = keys.map(async (key) => {
      this.counts.removals += 1;
      this.#acknowledged.delete(key);
      await postKey(demo, 'cluster', 'remove', key);
    });
    return { requests, keys };
  }

  /** Waits until a disk is not what it was, or everything has ended. */
  async #firstChange({ requests, keys }: Acts): Promise<void> {
    const over = new AbortController();
    void Promise.allSettled(requests).then(() => {
      over.abort();
    });
    const paths = keys.flatMap((key) =>
      names.map((name) => contentPath(repositoryOf(this.#directory, name), key)),
    );
    const before = paths.map((path) => existsSync(path));
    while (
      !over.signal.aborted &&
      paths.every((path, index) => existsSync(path) === before[index])
    ) {
      await turn();
    }
  }

  async #disagreements(keys: readonly Key[]): Promise<string[]> {
    const found: string[] = [];
    for (const key of keys) {
      const path = locationLogPath(key);
      const byGateway = await this.#logged('gateway', path);
      for (const name of names) {
        const isThere = this.#has(name, key);
        const uuid = this.#uuids[name];
        const own = name === 'gateway' ? byGateway : await this.#logged(name, path);
        if (isThere !== own.has(uuid)) found.push(`${name}'s log of ${serializeKey(key)}`);
        if (isThere !== byGateway.has(uuid)) {
          found.push(`the gateway's log of ${serializeKey(key)} at ${name}`);
        }
      }
    }
    return found;
  }

  async #logged(name: Name, path: string): Promise<ReadonlySet<string>> {
    return new Set<string>(presentIn((await this.#branches.get(name)?.read(path)) ?? ''));
  }

  #has(name: Name, key: Key): boolean {
    return existsSync(contentPath(repositoryOf(this.#directory, name), key));
  }

  async #limitSizes(): Promise<void> {
    const now = stampOf(Date.now());
    const edits = nodeNames.map((name) => ({
      path: 'maxsize.log',
      edit: (log: string) =>
        setMaxsize(log, { uuid: uuidOf(this.#uuids[name]), maxsizeBytes, now }),
    }));
    await this.#branches.get('gateway')?.change(edits);
    await this.#branches.get('gateway')?.flush();
  }
}

type Target = Parameters<typeof put>[0];

/** Requests under way, and the contents that they are about. */
interface Acts {
  readonly requests: readonly Promise<unknown>[];
  readonly keys: readonly Key[];
}

function emptyDirectories(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((inner) => readdirSync(inner).length === 0);
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
