import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { AnnexGateway } from '../special/annex-gateway.ts';
import { AnnexClient } from '../support/annex-client.ts';
import { git, gitEnvironment, hasGitAnnex } from '../support/git-annex.ts';
import { disagreementsOf, keysOnDisk, wrongContents, type NodePlace } from './world/agreement.ts';
import { amount, Chance, seedOf } from './world/chance.ts';
import { CopiesWatch } from './world/copies-watch.ts';
import { programHere } from './world/served.ts';

/** `BALLAST_KILLS`. */
const kills = amount('KILLS', 10);

const numcopies = 2;
const names = ['n1', 'n2', 'n3', 'n4', 'n5'] as const;
const contentsCount = 60;
const bytesMax = 1_000_000;

/** What is locked when a process is killed stays so for ten minutes, and may be in the way as long. */
const restMsMax = 12 * 60_000;

it.skipIf(!hasGitAnnex)(
  `a rebalance killed ${kills} times at random moments has kept ${numcopies} copies of everything`,
  async () => {
    const chance = new Chance(seedOf('repair-kills'));
    const gateway = await cluster(chance);
    const places = names.map((name): NodePlace => {
      const directory = join(gateway.root, name, '.git');
      return { name, uuid: git(directory, 'config', 'annex.uuid').trim(), directory };
    });
    const directories = places.map(({ directory }) => directory);
    const watch = new CopiesWatch(numcopies, directories);
    const wishes = new Wishes(gateway, chance);
    const tally = { inTheMiddle: 0, ended: 0, looks: 0 };
    const looksWell = (): void => {
      tally.looks += 1;
      expect(watch.look()).toEqual([]);
    };
    looksWell();
    expect(watch.keys.length).toBe(contentsCount);

    for (let kill = 1; kill <= kills; kill += 1) {
      await wishes.change();
      const before = countOf(directories);
      const run = new Rebalance(gateway.directory, '--jobs', chance.pick(['1', '4', '16']));
      const isToMove = chance.happens(0.8);
      const momentMs = chance.below(chance.pick([30, 300, 1500]));
      let atMs = isToMove ? Infinity : performance.now() + momentMs;
      while (!run.hasEnded) {
        looksWell();
        if (atMs === Infinity && countOf(directories) !== before)
          atMs = performance.now() + momentMs;
        if (performance.now() >= atMs) break;
        await delay(2);
      }
      if (run.hasEnded) tally.ended += 1;
      else if (atMs < Infinity) tally.inTheMiddle += 1;
      await run.kill();
      looksWell();
      if (kill % 20 === 0) console.log(`${kill} kills, ${tally.looks} looks at the disks`);
    }

    await wishes.settle();
    const endMs = performance.now() + restMsMax;
    for (;;) {
      const run = new Rebalance(gateway.directory);
      while (!run.hasEnded) {
        looksWell();
        await delay(5);
      }
      if (run.status === 0) break;
      expect(performance.now(), run.said).toBeLessThan(endMs);
      await delay(5_000);
    }
    looksWell();
    expect(watch.keys.length).toBe(contentsCount);
    const plan = await ended('plan', gateway.directory, '--cluster', 'cluster');
    expect(plan).toBe(`${contentsCount} contents: nothing is to be moved\n`);
    // A term that keeps what is there may keep more.
    expect(countOf(directories)).toBeGreaterThanOrEqual(contentsCount * numcopies);
    for (const directory of directories) expect(wrongContents(directory), directory).toEqual([]);
    expect(disagreementsOf(join(gateway.directory, '.git'), places)).toEqual([]);
    for (const name of names) {
      const where = join(gateway.root, name);
      const found = await gateway.git(
        '-C',
        where,
        'annex',
        'fsck',
        '--all',
        '--in=here',
        '--quiet',
      );
      expect(found, name).toBe('');
    }
    console.log(
      `${kills} kills, ${tally.inTheMiddle} of them while copies came and went, ${tally.ended} too late; ` +
        `${tally.looks} looks at the disks`,
    );
  },
);

/** Five nodes with room for what is wanted of them, and not much more, and contents on two of them each. */
async function cluster(chance: Chance): Promise<AnnexGateway> {
  const gateway = await AnnexGateway.make();
  for (const name of names) await gateway.addNode(name);
  await gateway.cluster('cluster', ...names);
  await gateway.git('annex', 'numcopies', String(numcopies));
  await gateway.git('annex', 'groupwanted', 'nodes', 'balanced=nodes:2');
  for (const name of names) {
    await gateway.git('annex', 'group', name, 'nodes');
    await gateway.git('annex', 'wanted', name, 'groupwanted');
    // Three copies of everything on four nodes take three quarters of it all on each.
    await gateway.git('annex', 'maxsize', name, `${contentsCount * bytesMax * 0.55} B`);
  }
  const server = await gateway.serve('--repair', 'off');
  try {
    const client = await AnnexClient.clone(server.url, 'laptop');
    for (let at = 0; at < contentsCount; at += 1) {
      const bytes = chance.bytes(1 + chance.below(chance.pick([1000, bytesMax])));
      writeFileSync(join(client.directory, `${at}.dat`), bytes);
    }
    await client.annex('add', '--quiet', '.');
    await client.git('commit', '--quiet', '-m', 'files');
    await client.annex('copy', '--quiet', '--to', 'origin-cluster', '.');
    await client.annex('sync', '--quiet', '--no-content');
  } finally {
    await server.stop();
  }
  return gateway;
}

/** What is wanted of the nodes, which changes so that each time many contents are to be moved. */
class Wishes {
  readonly #gateway: AnnexGateway;
  readonly #chance: Chance;
  #copies: 2 | 3 = 2;
  #retired: string | undefined;

  constructor(gateway: AnnexGateway, chance: Chance) {
    this.#gateway = gateway;
    this.#chance = chance;
  }

  async change(): Promise<void> {
    if (this.#chance.happens(0.5)) await this.#want(this.#copies === 2 ? 3 : 2);
    else if (this.#retired === undefined) await this.#retire(this.#chance.pick(names));
    else await this.#takeBack(this.#retired);
  }

  /** Two copies, and one node fewer. */
  async settle(): Promise<void> {
    await this.#want(2);
    if (this.#retired === undefined) await this.#retire(this.#chance.pick(names));
  }

  async #want(copies: 2 | 3): Promise<void> {
    this.#copies = copies;
    await this.#gateway.git('annex', 'groupwanted', 'nodes', `balanced=nodes:${copies}`);
  }

  async #retire(name: string): Promise<void> {
    this.#retired = name;
    await this.#gateway.git('annex', 'ungroup', name, 'nodes');
    await this.#gateway.git('annex', 'wanted', name, 'nothing');
  }

  async #takeBack(name: string): Promise<void> {
    this.#retired = undefined;
    await this.#gateway.git('annex', 'group', name, 'nodes');
    await this.#gateway.git('annex', 'wanted', name, 'groupwanted');
  }
}

/** A `ballast rebalance` that is running. */
class Rebalance {
  status: number | null | undefined;
  said = '';
  readonly #child: ChildProcess;

  constructor(...words: readonly string[]) {
    this.#child = spawn(process.execPath, [programHere, 'rebalance', ...words], {
      env: gitEnvironment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child.stderr?.on('data', (piece: Buffer) => {
      this.said += piece.toString();
    });
    this.#child.on('close', (status) => {
      this.status = status;
    });
  }

  get hasEnded(): boolean {
    return this.status !== undefined;
  }

  async kill(): Promise<void> {
    if (this.hasEnded) return;
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await closed;
  }
}

/** How many contents are on disks. */
function countOf(directories: readonly string[]): number {
  return directories.reduce((sum, directory) => sum + keysOnDisk(directory).size, 0);
}

/** What a run of the program has on its standard output. */
async function ended(...words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [programHere, ...words], {
    env: gitEnvironment,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout.on('data', (piece: Buffer) => {
    said += piece.toString();
  });
  await once(child, 'close');
  return said;
}
