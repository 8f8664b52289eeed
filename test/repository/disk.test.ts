import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { MachineDisk } from '../../src/repository/files/machine-disk.ts';
import { MachineDisks } from '../../src/repository/files/machine-disks.ts';
import { systemCalls, type SystemCalls } from '../../src/repository/files/system-calls.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** What a disk says when asked so many times in a row. */
async function answers(
  disk: MachineDisk,
  times: number,
  inLine = (): string => 'in line',
): Promise<string[]> {
  const said: string[] = [];
  for (let i = 0; i < times; i += 1) {
    said.push(await disk.ask(inLine, () => Promise.resolve('aside')));
  }
  return said;
}

async function untilInLine(disk: MachineDisk): Promise<void> {
  while ((await answers(disk, 1))[0] !== 'in line') {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

async function vitalDisk(directory = temporaryDirectory()): Promise<MachineDisk> {
  const disks = new MachineDisks();
  await disks.declareVital(directory);
  return disks.at(directory);
}

it('asks aside until it knows that the disk is a local one', async () => {
  const disk = await vitalDisk();

  const first = await answers(disk, 1);
  await untilInLine(disk);

  expect(first).toEqual(['aside']);
});

it('asks aside for as long as its directory is on no local disk', async () => {
  const disk = await vitalDisk('/proc');

  await answers(disk, 1);
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });

  expect(new Set(await answers(disk, 300))).toEqual(new Set(['aside']));
});

it('asks aside for a while after an answer that was slow, an error too', async () => {
  const disk = await vitalDisk();
  await untilInLine(disk);
  const slowly = (): never => {
    for (const startMs = performance.now(); performance.now() - startMs < 10; );
    throw new Error('slow');
  };

  await expect(answers(disk, 1, slowly)).rejects.toThrow('slow');

  expect(new Set(await answers(disk, 200))).toEqual(new Set(['aside']));
});

/** What is on a disk of a number. */
interface Imagined {
  readonly device: bigint;
  readonly hangs: boolean;
}

/** Calls of a machine whose directories are on disks of these numbers, some of which hang. */
function imagined(disks: ReadonlyMap<string, Imagined>): SystemCalls {
  const on = (path: unknown): Imagined =>
    disks.get(String(path).split('/', 2).join('/')) ?? { device: 0n, hangs: false };
  const never = new Promise<never>(() => undefined);
  const { aside } = systemCalls;
  return {
    ...systemCalls,
    inLine: new Proxy(systemCalls.inLine, {
      get: (_, name) => () => expect.unreachable(`${String(name)} in line`),
    }),
    aside: {
      ...aside,
      stat: async (path) => {
        const status = await aside.stat('/');
        return status && Object.assign(status, { dev: on(path).device });
      },
      statfs: () => aside.statfs('/'),
      mkdir: (path) => (on(path).hangs ? never : Promise.resolve()),
    },
  };
}

it('lets the calls of one disk that hangs take nothing of what others need', async () => {
  const places = new Map([
    ['/sick', { device: 1n, hangs: true }],
    ['/also', { device: 1n, hangs: true }],
    ['/well', { device: 2n, hangs: false }],
  ]);
  const disks = new MachineDisks({ calls: imagined(places), threads: 4 });
  const [sick, also, well] = ['/sick', '/also', '/well'].map((place) => disks.at(place));
  if (sick === undefined || also === undefined || well === undefined) return;
  for (const [disk, place] of [sick, also, well].map((disk, i) => [disk, i] as const)) {
    await disk.status(`/${place}`);
  }
  await new Promise(setImmediate);

  for (let i = 0; i < 50; i += 1) {
    void sick.makeDirectory('/sick/x', 0o700);
    void also.makeDirectory('/also/x', 0o700);
  }
  await new Promise(setImmediate);

  const bound = disks.bound('devices 1', true);
  expect([bound.running, bound.waiting]).toEqual([2, 98]);
  await well.makeDirectory('/well/x', 0o700);
  expect(await sick.status('/sick/x')).toBeDefined();
});

it('looks at what a directory holds, one entry after the other, as far as wanted', async () => {
  const directory = temporaryDirectory();
  for (const name of ['a', 'b', 'c']) mkdirSync(join(directory, name));
  const seen: boolean[] = [];

  await new MachineDisks().apart('walk').entries(directory, (entry) => {
    seen.push(entry.isDirectory());
    return seen.length < 2;
  });

  expect(seen).toEqual([true, true]);
});
