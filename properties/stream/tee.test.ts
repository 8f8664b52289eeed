import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tee, type Sink } from '../../src/stream/index.ts';
import { checkAsync } from '../settings.ts';

/** Turns of the event loop that the slowest sink takes for a write. */
const turnsSlow = 3;
/** Turns after which the fake delay ends: far more than any sink that is merely slow takes. */
const turnsStall = 40;

/** What a sink does with the piece that its fate is about, and how long it takes for each. */
interface Behaviour {
  readonly fate: 'takes all' | 'fails' | 'throws' | 'stalls' | 'fails late';
  readonly atPiece: number;
  readonly turns: number;
}

const behaviours: fc.Arbitrary<Behaviour> = fc.record({
  fate: fc.oneof(
    { weight: 3, arbitrary: fc.constant('takes all' as const) },
    fc.constantFrom('fails' as const, 'throws' as const, 'stalls' as const, 'fails late' as const),
  ),
  atPiece: fc.nat({ max: 8 }),
  turns: fc.nat({ max: turnsSlow }),
});
const sources = fc.record({
  sizes: fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(0)), { maxLength: 12 }),
  turns: fc.nat({ max: 2 }),
  failsAtEnd: fc.boolean(),
});

class TestSink implements Sink {
  readonly taken: Buffer[] = [];
  takenBytes = 0;
  /** Whether the source still has to wait for it. */
  isLive = true;
  isWriting = false;
  readonly does: Behaviour;
  #pieces = 0;

  constructor(does: Behaviour) {
    this.does = does;
  }

  write(piece: Uint8Array): Promise<void> {
    assert(!this.isWriting, 'two writes at a time');
    const isFated = this.#pieces === this.does.atPiece && this.does.fate !== 'takes all';
    this.#pieces += 1;
    if (isFated && this.does.fate !== 'stalls') this.isLive = false;
    if (isFated && this.does.fate === 'throws') throw new Error('broken');
    return this.#take(piece, isFated);
  }

  async #take(piece: Uint8Array, isFated: boolean): Promise<void> {
    this.isWriting = true;
    for (let i = 0; i < this.does.turns; i += 1) await turn();
    if (isFated && this.does.fate === 'stalls') await new Promise(() => undefined);
    if (isFated && this.does.fate === 'fails late') await turn();
    this.isWriting = false;
    if (isFated) throw new Error('broken');
    this.taken.push(Buffer.from(piece));
    this.takenBytes += piece.length;
  }
}

const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => void process.off('unhandledRejection', note));

it('gives each sink that lives the bytes of the source in order, and never runs ahead of it', async () => {
  const windows = fc.integer({ min: 1, max: 100 });
  const sinks = fc.array(behaviours, { minLength: 1, maxLength: 5 });
  await checkAsync(fc.asyncProperty(sources, sinks, windows, pour), 400);
  await turn();
  expect(unhandled).toEqual([]);
});

interface Source {
  readonly sizes: readonly number[];
  readonly turns: number;
  readonly failsAtEnd: boolean;
}

async function pour(from: Source, all: readonly Behaviour[], windowBytes: number): Promise<void> {
  const content = from.sizes.map((size, index) => Buffer.alloc(size, index + 1));
  const sinks = all.map((does) => new TestSink(does));
  let yieldedBytes = 0;
  let isStallOver = false;

  async function* source(): AsyncGenerator<Uint8Array> {
    for (const piece of content) {
      for (const sink of sinks) {
        const isStalled = sink.does.fate === 'stalls' && isStallOver;
        const isWaitedFor = sink.isLive && !isStalled;
        assert(!isWaitedFor || yieldedBytes - sink.takenBytes <= windowBytes, 'ran ahead');
      }
      for (let i = 0; i < from.turns; i += 1) await turn();
      yieldedBytes += piece.length;
      yield piece;
    }
    if (from.failsAtEnd) throw new Error('source broke');
  }
  const delay = async (_ms: number, signal: AbortSignal): Promise<void> => {
    for (let i = 0; i < turnsStall && !signal.aborted; i += 1) await turn();
    if (!signal.aborted) isStallOver = true;
  };
  const observed: Uint8Array[] = [];
  const limits = { windowBytes, stallMs: 1, delay };

  const outcome = await tee(source(), sinks, limits, (piece) => observed.push(piece)).then(
    (failures) => ({ failures }),
    (error: unknown) => ({ error }),
  );

  const whole = Buffer.concat(content);
  assert.deepEqual(Buffer.concat(observed), whole.subarray(0, yieldedBytes));
  judgeSinks(sinks, whole);
  const hasReadAll = observed.length === content.length;
  if ('error' in outcome) {
    assert(outcome.error instanceof Error && outcome.error.message === 'source broke');
    assert(hasReadAll);
  } else {
    assert(hasReadAll || sinks.every((sink) => outcome.failures.has(sink)), 'stopped early');
    const handedOn = observed.filter((piece) => piece.length > 0).length;
    judgeFailures(sinks, outcome.failures, handedOn);
  }
}

function judgeSinks(sinks: readonly TestSink[], whole: Buffer): void {
  for (const sink of sinks) {
    const got = Buffer.concat(sink.taken);
    assert.deepEqual(got, whole.subarray(0, got.length));
    if (!sink.isLive || sink.does.fate === 'stalls') continue;
    assert.equal(got.length, whole.length);
    assert(!sink.isWriting, 'did not wait for the last write');
  }
}

function judgeFailures(
  sinks: readonly TestSink[],
  failures: ReadonlyMap<Sink, unknown>,
  handedOn: number,
): void {
  for (const sink of sinks) {
    const { fate, atPiece } = sink.does;
    const isHit = fate !== 'takes all' && atPiece < handedOn;
    const failure = failures.get(sink);
    if (!isHit) assert.equal(failure, undefined);
    else if (fate === 'stalls') assert(String(failure).includes('took no data for'));
    else assert(failure instanceof Error && failure.message === 'broken');
  }
}
