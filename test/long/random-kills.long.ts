import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { disagreements } from './world/agreement.ts';
import { amount, Chance, seedOf } from './world/chance.ts';
import { newDemo } from './world/demo.ts';
import { Ledger } from './world/ledger.ts';
import { Load } from './world/load.ts';
import { serve } from './world/served.ts';
import { verify } from './world/verify.ts';

/** `BALLAST_KILLS`. */
const kills = amount('KILLS', 100);

/** 0 leaves out whether disks and logs agree: `BALLAST_AGREE`. */
const looksAtLogs = amount('AGREE', 1) === 1;

/** Everything, and not what changed alone, is verified after so many kills: it takes longer with each of them. */
const wholeEvery = 170;

/** How it goes is told after so many kills. */
const toldEvery = 20;

it(`a server killed ${kills} times at random moments has lost nothing that it acknowledged`, async () => {
  const seed = seedOf('random-kills');
  const chance = new Chance(seed);
  const demo = await newDemo(join(temporaryDirectory(), 'demo'));
  const ledger = new Ledger();
  let acknowledged = 0;
  for (let kill = 1; kill <= kills; kill += 1) {
    const server = await serve(demo.gateway);
    const at = { demo, port: server.port };
    const changed = kill % wholeEvery === 0 ? ledger.keys : ledger.takeChanged();
    expect(await verify(at, ledger, changed), `after kill ${kill - 1}`).toEqual([]);
    const load = new Load({ ...at, ledger, seed: seed + kill * 1000, clients: 6 });
    await load.reaches(chance.below(60));
    await delay(chance.below(50));
    expect(server.hasEnded(), 'the server ended by itself').toBe(false);
    await server.kill();
    await load.ended;
    expect(load.complaints).toEqual([]);
    acknowledged += load.acknowledged;
    if (kill % toldEvery === 0) console.log(`${kill} kills, ${ledger.keys.length} keys`);
  }
  const server = await serve(demo.gateway);
  expect(await verify({ demo, port: server.port }, ledger, ledger.keys)).toEqual([]);
  await server.stop();
  expect(looksAtLogs ? disagreements(demo) : []).toEqual([]);
  console.log(`${kills} kills, ${acknowledged} acts acknowledged, ${ledger.keys.length} keys`);
});
