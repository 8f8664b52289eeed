import { expect, it } from 'vitest';
import { eachAtOnce } from '../../../src/gateway/repair/at-once.ts';

async function* numbers(ended: string[]): AsyncGenerator<number> {
  try {
    for (let number = 1; number <= 9; number += 1) yield number;
  } finally {
    ended.push('closed');
  }
}

it('does so many at once, and all', async () => {
  const done: number[] = [];
  let [now, most] = [0, 0];
  await eachAtOnce(numbers([]), 3, async (number) => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
    done.push(number);
  });
  expect(done.toSorted((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(most).toBe(3);
});

it('waits for what was begun when something fails, and begins nothing more', async () => {
  const events: string[] = [];
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const all = eachAtOnce(numbers(events), 2, async (number) => {
    events.push(`begun ${number}`);
    if (number === 2) throw new Error('broken');
    await gate;
    events.push(`done ${number}`);
  });
  const over = all.catch((error: unknown) => events.push(String(error)));
  await new Promise((resolve) => setImmediate(resolve));
  expect(events).toEqual(['begun 1', 'begun 2']);
  go();
  await over;
  expect(events).toEqual(['begun 1', 'begun 2', 'done 1', 'closed', 'Error: broken']);
});
