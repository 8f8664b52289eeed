import { expect, it } from 'vitest';
import { SimulatedClock } from '../../../support/simulated-clock.ts';
import type { Clock } from '../../../../src/clock/index.ts';
import { firstAnswer } from '../../../../src/gateway/nodes/watch/first-answer.ts';

/** What comes when it is told to. */
function later<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
} {
  let ends: { resolve(value: T): void; reject(error: Error): void } | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    ends = { resolve, reject };
  });
  return {
    promise,
    resolve: (value) => ends?.resolve(value),
    reject: (error) => ends?.reject(error),
  };
}

const never = new Promise<undefined>(() => undefined);

/** Asks for what these give, and tells what was asked, what failed and what was given back. */
function asked(
  all: readonly Promise<string | undefined>[],
  aloneMs: number,
  clock: Clock = new SimulatedClock(),
): {
  readonly answer: Promise<string | undefined>;
  readonly seen: { readonly asked: number[]; readonly failed: unknown[]; readonly late: string[] };
} {
  const seen = { asked: [] as number[], failed: [] as unknown[], late: [] as string[] };
  const answer = firstAnswer([...all.keys()], {
    clock,
    ask: (which) => {
      seen.asked.push(which);
      return all[which] ?? never;
    },
    aloneMs,
    failed: (which, error) => void seen.failed.push([which, error]),
    late: (value) => {
      seen.late.push(value);
      return Promise.resolve();
    },
  });
  return { answer, seen };
}

const longMs = 100_000;

it('asks one after the other until one has something', async () => {
  const gives = [Promise.resolve(undefined), Promise.resolve('b'), Promise.resolve('c')];
  const { answer, seen } = asked(gives, longMs);

  expect(await answer).toBe('b');
  expect(seen.asked).toEqual([0, 1]);
});

it('asks the next one when one keeps silent, and goes on waiting for both', async () => {
  const { promise: slow, resolve: give } = later<string>();
  const clock = new SimulatedClock();
  const { answer, seen } = asked([slow, never, never], 500, clock);
  await clock.pass(499);
  expect(seen.asked).toEqual([0]);
  await clock.pass(501);
  expect(seen.asked).toEqual([0, 1, 2]);

  give('a');

  expect(await answer).toBe('a');
});

it('gives back what comes after the first answer', async () => {
  const { promise: slow, resolve: give } = later<string>();
  const clock = new SimulatedClock();
  const { answer, seen } = asked([slow, Promise.resolve('b')], 5, clock);
  await clock.pass(5);
  expect(await answer).toBe('b');

  give('a');

  await expect.poll(() => seen.late).toEqual(['a']);
});

it('has nothing to give once all have answered or failed, the silent one too', async () => {
  const { promise: slow, reject: refuse } = later<undefined>();
  const broken = new Error('broken');
  const clock = new SimulatedClock();
  const { answer, seen } = asked([slow, Promise.resolve(undefined)], 5, clock);
  await clock.pass(5);
  expect(seen.asked).toEqual([0, 1]);

  refuse(broken);

  expect(await answer).toBeUndefined();
  expect(seen.failed).toEqual([[0, broken]]);
  expect(await asked([], longMs).answer).toBeUndefined();
});
