import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { git } from '../support/git-annex.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { keysOnDisk } from './world/agreement.ts';
import { AnnexHttp, keyOf, says } from './world/annex-http.ts';
import { amount, Chance, seedOf } from './world/chance.ts';
import { directoryOf, limitNodes, newDemo, nodeNames, type Demo } from './world/demo.ts';
import { serve } from './world/served.ts';

/** `BALLAST_RACES`. */
const races = amount('RACES', 8);

const clientsCount = 8;
const maxsizeBytes = 200_000;
/** After so many refusals in a row a client takes the cluster for full. */
const refusalsMax = 3;

it(`in ${races} races of ${clientsCount} clients for the last room no node goes beyond its maxsize`, async () => {
  const chance = new Chance(seedOf('last-room'));
  for (let race = 1; race <= races; race += 1) {
    const demo = await newDemo(join(temporaryDirectory(), 'demo'));
    await limitNodes(demo, maxsizeBytes);
    git(demo.gateway, 'config', 'annex.cluster.cluster.unwanted', 'refuse');
    const server = await serve(demo.gateway);
    const racers = Array.from({ length: clientsCount }, () => racer(demo, server.port, chance));
    const isOver = new AbortController();
    const over = Promise.all(racers).finally(() => isOver.abort());
    let most = 0;
    do {
      most = Math.max(most, ...nodeNames.map((name) => bytesOn(directoryOf(demo, name))));
      expect(most, `race ${race}`).toBeLessThanOrEqual(maxsizeBytes);
      await delay(2);
    } while (!isOver.signal.aborted);
    const stored = (await over).flat();
    for (const key of stored) expect(copies(demo, key), key).toBeGreaterThan(0);
    // A race that ends with room for all was none.
    expect(most).toBeGreaterThan(maxsizeBytes * 0.8);
    await server.stop();
  }
});

/** Puts contents until none is taken. @returns the keys that were stored. */
async function racer(demo: Demo, port: number, chance: Chance): Promise<string[]> {
  const http = new AnnexHttp({ limitMs: 60_000 });
  const stored: string[] = [];
  for (let refusals = 0; refusals < refusalsMax; ) {
    const content = chance.bytes(500 + chance.below(15_000));
    const key = keyOf(content);
    const answer = await http.put({ port, uuid: demo.cluster }, key, content);
    if (says(answer, 'stored')) stored.push(key);
    else refusals += 1;
  }
  http.close();
  return stored;
}

function bytesOn(repository: string): number {
  return [...keysOnDisk(repository).values()].reduce((sum, bytes) => sum + bytes, 0);
}

function copies(demo: Demo, key: string): number {
  return nodeNames.filter((name) => keysOnDisk(directoryOf(demo, name)).has(key)).length;
}
