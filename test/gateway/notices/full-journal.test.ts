import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { newContent, put, until } from '../annex-requests.ts';
import { logged, newDemo, repositoryOf, serveDemo } from '../served-demo.ts';

/** The gateway's own disk, as far as its logs go. */
const directory = await newDemo();
const annex = join(repositoryOf(directory, 'gateway'), 'annex');
const isRoot = process.getuid?.() === 0;
const [journal, temporary] = [join(annex, 'journal'), join(annex, 'othertmp')];
for (const place of [journal, temporary]) mkdirSync(place, { recursive: true });
const isMounted =
  isRoot && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', annex]).status === 0;

afterAll(() => {
  if (isMounted) execFileSync('umount', ['-l', annex]);
});

it.skipIf(!isMounted)(
  'a gateway that has no room for its logs stores nothing, says why, and goes on when it has',
  async () => {
    const demo = await serveDemo(directory);
    const problems = (): string[] => demo.gateway.notices.all().map(({ text }) => text);
    try {
      const first = newContent();
      expect(await put(demo, 'node1', first.key, first.content)).toHaveProperty('stored', true);
      await until(() => logged(demo, first.key).length === 1, 'the log');
      const filling = join(annex, 'filling');
      spawnSync('dd', ['if=/dev/zero', `of=${filling}`, 'bs=1k', 'count=2000']);

      const second = newContent();
      const answer = await put(demo, 'node1', second.key, second.content);

      expect(answer).not.toHaveProperty('stored', true);
      expect(problems().join('\n')).toMatch(
        /about to be done at nodes cannot be noted in annex\/ballast of the gateway.*: the disk is full/,
      );

      rmSync(filling);
      expect(await put(demo, 'node1', second.key, second.content)).toHaveProperty('stored', true);
      expect(problems()).toEqual([]);
    } finally {
      await demo.close();
    }
  },
);
