import { describe, expect, it } from 'vitest';
import { Pace } from '../../../src/gateway/repair/pace.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';

const never = new AbortController().signal;

/** Lets pieces by one after the other; the milliseconds at which each was through. */
async function through(
  clock: SimulatedClock,
  pace: Pace,
  pieces: readonly number[],
): Promise<readonly number[]> {
  const times: number[] = [];
  const all = (async (): Promise<void> => {
    for (const bytes of pieces) {
      await pace.let(bytes, never);
      times.push(clock.steadyMs());
    }
  })();
  await clock.ended(all, 100);
  return times;
}

describe('a pace', () => {
  it('lets bytes by at its rate, one piece after the other', async () => {
    const clock = new SimulatedClock();
    await clock.pass(10_000);
    const pace = new Pace(clock, 1000);
    // Half a second is saved up for at the most.
    expect(await through(clock, pace, [500, 1000, 1000])).toEqual([10_000, 11_000, 12_000]);
  });

  it('is one for all who go by it at once', async () => {
    const clock = new SimulatedClock();
    await clock.pass(10_000);
    const pace = new Pace(clock, 1000);
    const both = Promise.all([through(clock, pace, [1000]), through(clock, pace, [1000])]);
    await clock.pass(1400);
    await clock.pass(200);
    expect((await both).flat().toSorted((one, other) => one - other)).toEqual([10_500, 11_500]);
  });

  it('makes no more than half a second up of a pause', async () => {
    const clock = new SimulatedClock();
    const pace = new Pace(clock, 1000);
    await clock.pass(1000);
    await through(clock, pace, [500]);
    await clock.pass(3_600_000);
    const begunMs = clock.steadyMs();
    expect(await through(clock, pace, [1500])).toEqual([begunMs + 1000]);
  });

  it('lets all by at once without a rate', async () => {
    const clock = new SimulatedClock();
    expect(await through(clock, new Pace(clock, undefined), [1e12, 1e12])).toEqual([0, 0]);
  });

  it('gives up waiting when it is told to stop, and begins no more', async () => {
    const clock = new SimulatedClock();
    const stopping = new AbortController();
    const pace = new Pace(clock, 1);
    const waiting = pace.let(1000, stopping.signal);
    stopping.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    await expect(new Pace(clock, undefined).let(1, stopping.signal)).rejects.toThrow('stopped');
  });

  it('closes a stream that is left in the middle, and one that has ended', async () => {
    for (const takes of [1, 9]) {
      const closed: string[] = [];
      const stream = {
        lengthBytes: 2,
        async *[Symbol.asyncIterator]() {
          await Promise.resolve();
          yield Uint8Array.of(1);
          yield Uint8Array.of(2);
        },
        close: () => {
          closed.push('closed');
          return Promise.resolve();
        },
      };
      let taken = 0;
      const clock = new SimulatedClock();
      await clock.pass(1000);
      for await (const piece of new Pace(clock, 1e9).of(stream, never)) {
        taken += piece.length;
        if (taken === takes) break;
      }
      expect([taken, closed]).toEqual([Math.min(takes, 2), ['closed']]);
    }
  });
});
