import { expect, it } from 'vitest';
import { LineChild } from '../../../src/nodes/peer/line/line-command.ts';

it('adds one listener to the process, however many programs run', async () => {
  const first = new LineChild({ program: 'cat', words: [] });
  const before = process.listenerCount('exit');
  const more = Array.from({ length: 12 }, () => new LineChild({ program: 'cat', words: [] }));

  expect(process.listenerCount('exit')).toBe(before);

  await Promise.all([first, ...more].map((child) => child.end(1000)));
});
