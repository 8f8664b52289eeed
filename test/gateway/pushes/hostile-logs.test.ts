import { afterAll, beforeAll, expect, it } from 'vitest';
import { locationLogPath, logBytesMax } from '../../../src/repository/index.ts';
import { git } from '../../support/git-annex.ts';
import { ask, newContent, put } from '../annex-requests.ts';
import { logged, newDemo, serveDemo, type ServedDemo } from '../served-demo.ts';
import { cloneOf, commitWith, doorFor, gatewayOf, linesOf, said, treeWith } from './pushers.ts';

let demo: ServedDemo;
let door: Awaited<ReturnType<typeof doorFor>>;

beforeAll(async () => {
  demo = await serveDemo(await newDemo());
  door = await doorFor(demo, { wideopen: true });
});

afterAll(async () => {
  door.close();
  await demo.close();
});

async function expectUploads(): Promise<void> {
  const { content, key } = newContent();
  expect(await put(demo, 'cluster', key, content)).toHaveProperty('stored', true);
  expect(logged(demo, key).length).toBeGreaterThan(0);
}

/** Far more than a log that is merged may have, and small in a pack. */
const large = 'x'.repeat(logBytesMax + 1);

it('leaves out what cannot be read of a push, says so, and takes the rest', async () => {
  const { content, key } = newContent();
  expect(await put(demo, 'node1', key, content)).toHaveProperty('stored', true);
  // A push is made on what was cloned: nothing else is to be committed meanwhile.
  const committed = (): string => git(gatewayOf(demo), 'ls-tree', '-r', 'git-annex');
  await expect.poll(committed, { timeout: 20_000 }).toContain(locationLogPath(key));
  const where = await cloneOf(door.url);
  const before = linesOf(gatewayOf(demo));
  const files = commitWith(where, ['git-annex'], {
    [locationLogPath(key)]: large,
    'uuid.log': large,
    'new.log': large,
    'aaa/bbb/A--lines.log': 'x\n'.repeat(60_000),
    'aaa/bbb/A--binary.log': '\u0000\u0001\r\n\u0000',
    'aaa/bbb/A--two\nlines.log': '5s 1 there\n',
    README: 'x\n',
    [`aaa/ccc/A--${'long'.repeat(100)}.log`]: '5s 1 there\n',
  });
  const commit = treeWith(where, files, [
    `120000 blob ${git(where, 'hash-object', '-w', 'README.md').trim()}\tgroup.log`,
    `160000 commit ${'1'.repeat(40)}\tother.log`,
  ]);

  const pushed = await said(where, 'push', 'origin', `${commit}:refs/heads/git-annex`);

  expect(pushed.isDone, pushed.text).toBe(true);
  const named = [
    locationLogPath(key),
    'uuid.log',
    'new.log',
    'A--lines.log',
    'README',
    'group.log',
  ];
  for (const name of [...named, 'other.log']) expect(pushed.text).toContain(name);
  const now = linesOf(gatewayOf(demo));
  expect([...before].filter((line) => !now.has(line))).toEqual([]);
  expect(git(gatewayOf(demo), 'ls-tree', '-r', 'git-annex')).toMatch(/A--binary.*A--two/s);
  expect(demo.warnings.join()).toMatch(/left out of a push by anonymous: .* and \d more/);
  expect(logged(demo, key)).toEqual(['node1']);
  await expectUploads();
});

it('goes on when a log of the branch itself cannot be read, and tells it until it can', async () => {
  const gateway = gatewayOf(demo);
  const { content, key } = newContent();
  const tip = git(gateway, 'rev-parse', 'git-annex').trim();
  const spoilt = commitWith(gateway, [tip], {
    [locationLogPath(key)]: large,
    'maxsize.log': large,
  });
  git(gateway, 'update-ref', 'refs/heads/git-annex', spoilt);

  expect(await put(demo, 'cluster', key, content)).toHaveProperty('stored', true);
  await expectUploads();
  const told = (await ask(demo, '/healthz')).body.toString();
  expect(told).toContain('maxsize.log in the git-annex branch cannot be read');
  expect(told).toContain('a log of a key in the git-annex branch cannot be read');

  const mended = commitWith(gateway, [git(gateway, 'rev-parse', 'git-annex').trim()], {
    'maxsize.log': '',
  });
  git(gateway, 'update-ref', 'refs/heads/git-annex', mended);
  await expectUploads();
  expect((await ask(demo, '/healthz')).body.toString()).not.toContain('maxsize.log');
});
