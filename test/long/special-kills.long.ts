import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { hasS3 } from '../s3/s3-server.ts';
import { amount, Chance, seedOf } from './world/chance.ts';
import { serve, type Served } from './world/served.ts';
import { SpecialLoad, type Sickness } from './world/special-load.ts';
import { SpecialWorld } from './world/special-world.ts';

/** Of connections and of the gateway, together: `BALLAST_KILLS`. */
const kills = amount('KILLS', 300);

/** Of the S3 server: `BALLAST_S3_KILLS`. */
const s3Kills = amount('S3_KILLS', 30);

/** One of so many kills is the gateway's, and ends a round. */
const killsOfRound = 3;

const clients = 4;

/** A gateway that starts has this long to tidy up, milliseconds. */
const tidyMsMax = 60_000;

let world: SpecialWorld | undefined;
afterAll(async () => {
  await world?.s3.stop();
});

it.skipIf(!hasS3)(
  `special remotes behind ${kills} kills at random moments, and ${s3Kills} of the S3 server, have what was told of`,
  async () => {
    const seed = seedOf('special-kills');
    const chance = new Chance(seed);
    world = await SpecialWorld.make();
    const { s3, gateway } = world;
    const sickness: Sickness = { count: 0 };
    let server: Served | undefined;
    const port = (): number => server?.port ?? 0;
    const made = Array.from({ length: clients }, (_, number) => ({
      chance: new Chance(seed + number),
      sickness,
      port,
    }));
    const of = world;
    const loads: readonly SpecialLoad[] = made.map((parts) => new SpecialLoad(of, parts));
    const rounds = Math.ceil(kills / killsOfRound);
    const log = join(gateway.root, 'log');
    let cuts = 0;
    let running: Promise<void>[] = [];
    const quieten = async (): Promise<void> => {
      for (const load of loads) load.end();
      await Promise.all(running);
      running = [];
      expect(loads.flatMap(({ complaints }) => complaints)).toEqual([]);
    };
    const looksWell = async (isAll: boolean): Promise<void> => {
      await expect.poll(() => of.orphans(), { timeout: tidyMsMax, interval: 200 }).toEqual([]);
      for (const load of loads) expect(await load.verify(isAll)).toEqual([]);
    };
    const moment = async (): Promise<SpecialLoad> => {
      const load = chance.pick(loads);
      // In the middle of a transfer, or of what follows one.
      if (chance.happens(0.7)) await load.moves(chance.pick([0, 100_000, 700_000, 6_000_000]));
      await delay(chance.below(chance.pick([10, 100, 500])));
      return load;
    };
    for (let round = 1; round <= rounds; round += 1) {
      server = await serve(gateway.directory, { environment: s3.environment, port: port(), log });
      if (running.length === 0) {
        await looksWell(false);
        running = loads.map((load) => load.run());
      }
      if (Math.floor((round * s3Kills) / rounds) > Math.floor(((round - 1) * s3Kills) / rounds)) {
        await moment();
        sickness.count += 1;
        await s3.crash();
        await delay(chance.below(1500));
        await s3.revive();
        sickness.count += 1;
      }
      for (let cut = 1; cut < killsOfRound; cut += 1) {
        if ((await moment()).cut()) cuts += 1;
      }
      await moment();
      const said = server.hasEnded() ? readFileSync(log, 'utf8').slice(-4000) : undefined;
      expect(said, 'the server ended by itself').toBe(undefined);
      await server.kill();
      // By turns clients go on with the next server, and end, so that all can be looked at.
      if (chance.happens(0.5)) await quieten();
      if (round % 10 === 0) console.log(`${round} rounds, ${cuts} connections cut`);
    }
    await quieten();
    server = await serve(gateway.directory, { environment: s3.environment, port: port(), log });
    await looksWell(true);
    await server.stop();
    expect(await of.damaged()).toEqual([]);
    // What real git-annex finds where it looks for itself.
    for (const name of ['shelf', 'chunked', 'mirror', 'bucket', 'sealed'] as const) {
      expect(await of.faults(name)).toEqual([]);
    }
    const sum = (countOf: (load: SpecialLoad) => number): number =>
      loads.reduce((total, load) => total + countOf(load), 0);
    console.log(
      `${rounds} kills of the gateway, ${cuts} of connections, ${s3Kills} of the S3 server: ` +
        `${sum(({ acknowledged }) => acknowledged)} acts, ${sum(({ resumed }) => resumed)} resumed`,
    );
  },
);
