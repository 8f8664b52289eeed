import { expect, it } from 'vitest';
import { GitChild } from '../../src/repository/index.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

it('adds one listener to the process, however many programs run', async () => {
  const directory = temporaryDirectory();
  const start = (): GitChild => new GitChild(['version'], { directory });
  const first = start();
  const before = process.listenerCount('exit');
  const more = Array.from({ length: 12 }, start);

  expect(process.listenerCount('exit')).toBe(before);

  await Promise.all([first, ...more].map((child) => child.ended()));
});
