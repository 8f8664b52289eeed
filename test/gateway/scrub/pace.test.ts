import { expect, it } from 'vitest';
import { ReadingPace } from '../../../src/gateway/scrub/reading-pace.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';

const never = new AbortController().signal;

it('lets no more through than its rate, after a rest either, and all of it in small slices', async () => {
  const clock = new SimulatedClock();
  const pace = new ReadingPace(clock, { bytesPerS: 1_000_000, isYielding: true });
  await clock.pass(60_000);
  const slices: number[] = [];
  const beganMs = clock.steadyMs();
  const piece = Buffer.alloc(1_000_000);
  await clock.ended(pace.through(piece, (slice) => void slices.push(slice.length), never));
  const tookMs = clock.steadyMs() - beganMs;
  expect(slices.reduce((sum, each) => sum + each, 0)).toBe(piece.length);
  expect(Math.max(...slices)).toBe(64 * 1024);
  expect(tookMs).toBeGreaterThan(850);
  expect(tookMs).toBeLessThan(1_100);
});

it('ends when it is told to, in the middle of a piece', async () => {
  const clock = new SimulatedClock();
  const pace = new ReadingPace(clock, { bytesPerS: 1_000, isYielding: true });
  const ending = new AbortController();
  let seen = 0;
  const over = pace.through(
    Buffer.alloc(1_000_000),
    (slice) => {
      seen += slice.length;
      ending.abort(new Error('enough'));
    },
    ending.signal,
  );
  await expect(over).rejects.toThrow('enough');
  expect(seen).toBe(64 * 1024);
});
