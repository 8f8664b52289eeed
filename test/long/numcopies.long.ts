import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { git, hasGitAnnex } from '../support/git-annex.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { wrongContents } from './world/agreement.ts';
import { AnnexClone } from './world/annex-clone.ts';
import { amount, Chance, seedOf } from './world/chance.ts';
import { CopiesWatch } from './world/copies-watch.ts';
import { directoryOf, newDemo, nodeNames } from './world/demo.ts';
import { serve } from './world/served.ts';

/** `BALLAST_CLIENT_SECONDS`. */
const seconds = amount('CLIENT_SECONDS', 60);

const numcopies = 2;
const clonesCount = 3;
const filesEach = 4;
/** A command that takes longer has stalled (as bench/drop-get has it). */
const stallMs = 150_000;
const remotes = ['origin-cluster', ...nodeNames.map((name) => `origin-${name}`)];

it.skipIf(!hasGitAnnex)(
  `clients that copy, move, get and drop for ${seconds} s at numcopies ${numcopies} keep the copies`,
  async () => {
    const chance = new Chance(seedOf('numcopies'));
    const directory = temporaryDirectory();
    const demo = await newDemo(join(directory, 'demo'));
    const server = await serve(demo.gateway);
    const clones = Array.from(
      { length: clonesCount },
      (_, number) => new AnnexClone(server.url, join(directory, `clone${number}`)),
    );
    const files = prepare(clones, chance);
    const watch = new CopiesWatch(numcopies, [
      ...clones.map((clone) => join(clone.directory, '.git')),
      demo.gateway,
      ...nodeNames.map((name) => directoryOf(demo, name)),
    ]);

    const clients = new Clients(files, chance, performance.now() + seconds * 1000);
    const isOver = new AbortController();
    const over = Promise.all(clones.map((clone) => clients.run(clone))).finally(() => {
      isOver.abort();
    });
    try {
      while (!isOver.signal.aborted) {
        expect(watch.look()).toEqual([]);
        await delay(5);
      }
    } finally {
      clients.end();
      await over;
    }

    expect(watch.look()).toEqual([]);
    expect(clients.stalled).toEqual([]);
    expect(watch.keys.length).toBe(files.length);
    for (const place of watch.places) {
      expect(wrongContents(place), place).toEqual([]);
    }
    console.log(`${clients.done} commands succeeded, ${clients.refused} were refused or failed`);
    await server.stop();
  },
);

/** Files of each clone, known to all, their contents there and in the cluster. */
function prepare(clones: readonly AnnexClone[], chance: Chance): string[] {
  const files = clones.flatMap(({ directory }, number) => {
    const mine = Array.from({ length: filesEach }, (_, i) => `file${number}-${i}`);
    for (const file of mine) {
      writeFileSync(join(directory, file), chance.bytes(1000 + chance.below(100_000)));
    }
    git(directory, 'annex', 'add', '--quiet', '.');
    git(directory, 'annex', 'numcopies', String(numcopies));
    git(directory, 'annex', 'sync', '--quiet', '--no-content');
    git(directory, 'annex', 'copy', '--quiet', '--to', 'origin-cluster', ...mine);
    return mine;
  });
  for (const { directory } of clones) git(directory, 'annex', 'sync', '--quiet', '--no-content');
  return files;
}

/** What the clients do, at random. */
class Clients {
  done = 0;
  refused = 0;
  readonly stalled: string[] = [];
  readonly #files: readonly string[];
  readonly #chance: Chance;
  #endMs: number;
  readonly #moving = new Set<string>();

  constructor(files: readonly string[], chance: Chance, endMs: number) {
    this.#files = files;
    this.#chance = chance;
    this.#endMs = endMs;
  }

  /** Has each end what it does, and begin nothing more. */
  end(): void {
    this.#endMs = 0;
  }

  async run(clone: AnnexClone): Promise<void> {
    while (performance.now() < this.#endMs) {
      const words = this.#words();
      // Two moves of one file to one place at once lose a copy by git-annex's own rules, whoever
      // serves: each sees that it makes nothing worse.
      const [verb = '', ...rest] = words;
      const file = rest.at(-1) ?? '';
      if (verb === 'move' && this.#moving.has(file)) continue;
      if (verb === 'move') this.#moving.add(file);
      const { status } = await clone.annex(stallMs, ...words);
      if (verb === 'move') this.#moving.delete(file);
      if (status === undefined) this.stalled.push(words.join(' '));
      else if (status === 0) this.done += 1;
      else this.refused += 1;
    }
  }

  #words(): string[] {
    const chance = this.#chance;
    const file = chance.pick(this.#files);
    const remote = chance.pick(remotes);
    return chance.pick([
      ['copy', '--to', remote, file],
      ['move', '--to', remote, file],
      ['move', '--from', remote, file],
      ['get', file],
      ['drop', file],
      ['drop', '--from', remote, file],
      ['sync', '--no-content'],
    ]);
  }
}
