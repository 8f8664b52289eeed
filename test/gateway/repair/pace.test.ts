import { expect, it } from 'vitest';
import { Pace } from '../../../src/gateway/repair/pace.ts';
import { streamOf, type ByteStream } from '../../../src/stream/index.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';

const never = new AbortController().signal;

/** How long it takes until so many pieces were let by, by the clock that they are paced by. */
async function tookMs(clock: SimulatedClock, waits: readonly Promise<void>[]): Promise<number> {
  const beganMs = clock.steadyMs();
  await clock.ended(Promise.all(waits));
  return clock.steadyMs() - beganMs;
}

/** A stream of pieces, and whether it was closed. */
function closable(pieces: readonly Uint8Array[]): { stream: ByteStream; closed: () => boolean } {
  const inner = streamOf(...pieces);
  let isClosed = false;
  const close = async (): Promise<void> => {
    isClosed = true;
    await inner.close();
  };
  return {
    stream: {
      lengthBytes: inner.lengthBytes,
      close,
      [Symbol.asyncIterator]: () => inner[Symbol.asyncIterator](),
    },
    closed: () => isClosed,
  };
}

async function all(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const read: Uint8Array[] = [];
  for await (const piece of pieces) read.push(piece);
  return Buffer.concat(read);
}

it('lets bytes by at its rate', async () => {
  const clock = new SimulatedClock();
  const pace = new Pace(clock, 1000);
  await clock.ended(pace.let(500, never));
  expect(await tookMs(clock, [pace.let(4000, never)])).toBeGreaterThanOrEqual(3990);
});

it('saves up no more than half a second of a rest', async () => {
  const clock = new SimulatedClock();
  const pace = new Pace(clock, 1000);
  await clock.pass(3_600_000);
  const took = await tookMs(clock, [pace.let(2500, never)]);
  expect(took).toBeGreaterThanOrEqual(1990);
  expect(took).toBeLessThan(2100);
});

it('shares one rate among all that is copied at once', async () => {
  const clock = new SimulatedClock();
  const pace = new Pace(clock, 1000);
  const three = [pace.let(1000, never), pace.let(1000, never), pace.let(1000, never)];
  const took = await tookMs(clock, three);
  expect(took).toBeGreaterThanOrEqual(2490);
  expect(took).toBeLessThan(3100);
});

it('never waits without a rate', async () => {
  const clock = new SimulatedClock();
  await new Pace(clock, undefined).let(1e12, never);
  expect(clock.timers).toBe(0);
});

it('does not wait for what a burst pays for', async () => {
  const clock = new SimulatedClock();
  await clock.pass(10_000);
  await new Pace(clock, 1000).let(500, never);
  expect(clock.timers).toBe(0);
});

it('goes on at its rate when the time of day is set', async () => {
  const clock = new SimulatedClock();
  const pace = new Pace(clock, 1000);
  await clock.ended(pace.let(500, never));
  clock.setWall(0);
  const took = await tookMs(clock, [pace.let(1000, never)]);
  expect(took).toBeGreaterThanOrEqual(990);
  expect(took).toBeLessThan(1100);
});

it('lets nothing by once it is told to stop, with a rate or without', async () => {
  const clock = new SimulatedClock();
  const stopped = AbortSignal.abort(new Error('enough'));
  await expect(new Pace(clock, 1000).let(1, stopped)).rejects.toThrow('enough');
  await expect(new Pace(clock, undefined).let(1, stopped)).rejects.toThrow('enough');
});

it('ends in the middle of a wait, and closes what it was reading', async () => {
  const clock = new SimulatedClock();
  const stopping = new AbortController();
  const { stream, closed } = closable([new Uint8Array(1_000_000)]);
  const read = all(new Pace(clock, 1000).of(stream, stopping.signal));
  clock.after(5000, () => stopping.abort(new Error('enough')));
  await expect(clock.ended(read, 1000)).rejects.toThrow('enough');
  expect(closed()).toBe(true);
  expect(clock.timers).toBe(0);
});

it('gives a stream as it is, at its rate, and closes it', async () => {
  const clock = new SimulatedClock();
  const pieces = [Buffer.from('one'), Buffer.alloc(2000, 'x'), Buffer.from('two')];
  const { stream, closed } = closable(pieces);
  const beganMs = clock.steadyMs();
  const read = await clock.ended(all(new Pace(clock, 1000).of(stream, never)));
  expect(read).toEqual(Buffer.concat(pieces));
  expect(clock.steadyMs() - beganMs).toBeGreaterThanOrEqual(1490);
  expect(closed()).toBe(true);
});
