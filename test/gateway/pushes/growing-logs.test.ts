import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Key } from '../../../src/key/index.ts';
import { locationLogPath } from '../../../src/repository/index.ts';
import { filteredRoom, mergedRoom } from '../../../src/repository/merging/merged-files.ts';
import { git } from '../../support/git-annex.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { newContent, put } from '../annex-requests.ts';
import { logged, newDemo, serveDemo, type ServedDemo } from '../served-demo.ts';
import { cloneOf, commitWith, doorFor, gatewayOf, said } from './pushers.ts';

let demo: ServedDemo;
const doors: Record<string, Awaited<ReturnType<typeof doorFor>>> = {};

beforeAll(async () => {
  demo = await serveDemo(await newDemo());
  doors['full'] = await doorFor(demo, { wideopen: true });
  doors['append-only'] = await doorFor(demo, { unauthAppendonly: true });
});

afterAll(async () => {
  for (const door of Object.values(doors)) door.close();
  await demo.close();
});

/** Pushes that many repositories have a key; what is said of it. */
async function claim(
  who: 'full' | 'append-only',
  { key, count, first }: { readonly key: Key; readonly count: number; readonly first: number },
): Promise<string> {
  const where = await cloneOf(doors[who]?.url ?? '');
  const lines = Array.from({ length: count }, (_, i) => `5s 1 ${imaginaryUuid(first + i)}\n`);
  const commit = commitWith(where, [], { [locationLogPath(key)]: lines.join('') });
  const pushed = await said(where, 'push', '-f', 'origin', `${commit}:refs/heads/git-annex`);
  expect(pushed.isDone, pushed.text).toBe(true);
  return pushed.text;
}

function countOf(key: Key): number {
  return git(gatewayOf(demo), 'show', `git-annex:${locationLogPath(key)}`)
    .trim()
    .split('\n').length;
}

it('closes no log to others, however much strangers and others say', async () => {
  const { content, key } = newContent();
  const most = filteredRoom.lines;

  expect(await claim('append-only', { key, count: most - 10, first: 1 })).not.toMatch(/too large/);
  const more = await claim('append-only', { key, count: most - 10, first: 20_000 });
  expect(more).toMatch(/the log would become too large/);
  expect(countOf(key)).toBe(most - 10);

  // There is room left for those who need no leave, up to an end that is the same for all of them.
  const rest = mergedRoom.lines - most + 10;
  expect(await claim('full', { key, count: rest, first: 40_000 })).not.toMatch(/too large/);
  expect(await claim('full', { key, count: 1, first: 60_000 })).toMatch(/too large/);
  expect(countOf(key)).toBe(mergedRoom.lines);

  // What the gateway does itself it always writes, and other logs are as open as before.
  expect(await put(demo, 'node1', key, content)).toHaveProperty('stored', true);
  expect(logged(demo, key)).toContain('node1');
  expect(await claim('full', { key, count: 1, first: 1 })).not.toMatch(/left out/);
});
