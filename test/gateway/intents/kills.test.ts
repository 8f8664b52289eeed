import { afterAll, expect, it } from 'vitest';
import { KillRounds } from './kill-rounds.ts';

const seed = 20_250_416;
const rounds = await KillRounds.begin(seed);
afterAll(() => rounds.close());

it('has disks and logs agree again after kills between the one and the other', async () => {
  expect(await rounds.run(6)).toEqual([]);
  expect(rounds.counts.hits).toBeGreaterThan(0);
});
