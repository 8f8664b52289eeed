import { afterAll, expect, it } from 'vitest';
import { KillRounds } from '../gateway/intents/kill-rounds.ts';

/** `BALLAST_SEED` replays a run. */
const seed = Number(process.env['BALLAST_SEED'] ?? 20_250_416);
const kills = Number(process.env['BALLAST_KILLS'] ?? 300);

const rounds = await KillRounds.begin(seed);
afterAll(() => rounds.close());

it(`has disks and logs agree in every key after each of ${kills} kills, and no node too full`, async () => {
  const faults = await rounds.run(kills);
  console.log(`seed ${seed}: ${JSON.stringify(rounds.counts)}`);
  expect(faults).toEqual([]);
  expect(rounds.counts.hits).toBeGreaterThan(kills / 10);
});
