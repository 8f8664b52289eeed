import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { treeOf } from '../../bench/p2p/usage.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { disagreements } from './world/agreement.ts';
import { amount, Chance, seedOf } from './world/chance.ts';
import { movedDemo, newDemo, type Demo } from './world/demo.ts';
import { Ledger } from './world/ledger.ts';
import { Load } from './world/load.ts';
import { LoopDisk } from './world/loop-disk.ts';
import { serve, type Served } from './world/served.ts';
import { verify } from './world/verify.ts';

/** `BALLAST_CUTS`. */
const cuts = amount('CUTS', 20);

/** 0 leaves out whether disks and logs agree: `BALLAST_AGREE`. */
const looksAtLogs = amount('AGREE', 1) === 1;

const place = temporaryDirectory();
const sizeMiB = 256;

/** Each disk grows full by what cuts leave: so many later a new one is begun. */
const cutsOfDisk = 20;

it.skipIf(!LoopDisk.isPossible(join(place, 'trial')))(
  `after ${cuts} power cuts everything that was acknowledged is on the disk`,
  async () => {
    const seed = seedOf('power-cuts');
    const chance = new Chance(seed);
    let { disk, demo } = await newDisk(0);
    let ledger = new Ledger();
    let acknowledged = 0;
    const disagreeing: string[] = [];
    try {
      for (let cut = 1; cut <= cuts; cut += 1) {
        if (cut % cutsOfDisk === 0) {
          disagreeing.push(...(looksAtLogs ? disagreements(demo) : []));
          disk.end();
          ({ disk, demo } = await newDisk(cut));
          ledger = new Ledger();
        }
        const server = await serve(demo.gateway);
        const load = new Load({
          demo,
          port: server.port,
          ledger,
          seed: seed + cut * 1000,
          clients: 6,
        });
        await load.reaches(5 + chance.below(100));
        await delay(chance.below(50));
        const after = await cutPower(disk, { server, load }, join(place, `cut${cut}`));
        disk = after;
        expect(load.complaints).toEqual([]);
        acknowledged += load.acknowledged;
        demo = movedDemo(demo, join(after.directory, 'demo'));
        expect(await lookAgain(demo, ledger), `after cut ${cut}`).toEqual([]);
      }
      disagreeing.push(...(looksAtLogs ? disagreements(demo) : []));
      expect(disagreeing).toEqual([]);
    } finally {
      disk.end();
    }
    console.log(`${cuts} cuts, ${acknowledged} acts acknowledged`);
  },
);

async function newDisk(cut: number): Promise<{ disk: LoopDisk; demo: Demo }> {
  const disk = LoopDisk.make(join(place, `new${cut}`), { sizeMiB });
  const demo = await newDemo(join(disk.directory, 'demo'));
  execFileSync('sync', ['-f', disk.directory]);
  return { disk, demo };
}

/** Stops a server and what it runs where they are, and gives what the disk has at that moment. */
async function cutPower(
  disk: LoopDisk,
  { server, load }: { readonly server: Served; readonly load: Load },
  to: string,
): Promise<LoopDisk> {
  // Children first may leave new ones; those that the server started last are found afterwards.
  for (let round = 0; round < 2; round += 1) {
    for (const pid of treeOf(server.pid)) signal(pid, 'SIGSTOP');
  }
  // What was answered by now has been heard.
  await delay(50);
  const after = disk.afterCut(to);
  for (const pid of treeOf(server.pid)) signal(pid, 'SIGKILL');
  await server.kill();
  await load.ended;
  disk.end();
  return after;
}

/** Starts a server on what is left, and asks for everything. */
async function lookAgain(demo: Demo, ledger: Ledger): Promise<string[]> {
  const server = await serve(demo.gateway);
  const complaints = await verify({ demo, port: server.port }, ledger, ledger.keys);
  await server.stop();
  return complaints;
}

function signal(pid: number, name: 'SIGSTOP' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}
