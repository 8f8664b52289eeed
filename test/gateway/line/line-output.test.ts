import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { machineClock } from '../../../src/repository/index.ts';
import { LineOutput } from '../../../src/gateway/line/line-output.ts';

it('lets nothing come between a message and the bytes that it announces', async () => {
  let said = '';
  const output = new LineOutput(
    async (bytes) => {
      said += Buffer.from(bytes).toString();
      await setImmediate();
    },
    60_000,
    machineClock,
  );
  const send = (text: string): Promise<void> =>
    output.sendWithBytes({ word: 'DATA', lengthBytes: text.length }, Buffer.from(text));

  await Promise.all([send('one'), send('three')]);

  expect(said).toBe('DATA 3\noneDATA 5\nthree');
});
