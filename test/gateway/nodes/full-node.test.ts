import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, renameSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git } from '../../support/git-annex.ts';
import { keyOf } from '../../support/objects.ts';
import { get, newContent, postKey, put } from '../annex-requests.ts';
import {
  holders,
  logged,
  newDemo,
  repositoryOf,
  serveDemo,
  type ServedDemo,
} from '../served-demo.ts';

const isRoot = process.getuid?.() === 0;
const directory = await newDemo();
const node = repositoryOf(directory, 'node1');
renameSync(node, `${node}.large`);
mkdirSync(node);
const mounting = ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', node];
const hasSmallDisk = isRoot && spawnSync('mount', mounting).status === 0;
if (!hasSmallDisk) console.warn('no root: the tests of a full node are skipped');

describe.skipIf(!hasSmallDisk)('a node whose disk is full', () => {
  let demo: ServedDemo;
  beforeAll(async () => {
    cpSync(`${node}.large`, node, { recursive: true });
    git(node, 'config', 'annex.diskreserve', '0');
    demo = await serveDemo(directory);
  });
  afterAll(async () => {
    await demo.close();
    execFileSync('umount', ['-l', node]);
  });

  it('takes nothing that is known not to fit, and the cluster stores it on another', async () => {
    const { content, key } = newContent(5_000_000);
    expect(await put(demo, 'node1', key, content)).toHaveProperty('stored', false);
    for (let i = 0; i < 4; i += 1) {
      const large = newContent(5_000_000);
      const answer = await put(demo, 'cluster', large.key, large.content);
      expect(answer).toHaveProperty('stored', true);
      expect(holders(demo, large.key)).not.toContain('node1');
      expect(logged(demo, large.key)).toEqual(holders(demo, large.key));
    }
  });

  it('that becomes full on the way loses its copy, and works again when there is room', async () => {
    const content = Buffer.alloc(5_000_000, 'x');
    const key = keyOf('WORM--unknown-size');
    expect(await put(demo, 'node1', key, content)).toHaveProperty('stored', false);
    expect(holders(demo, key)).toEqual([]);
    expect(logged(demo, key)).toEqual([]);
    expect(await put(demo, 'node2', key, content)).toHaveProperty('stored', true);
    expect((await get(demo, 'cluster', key)).body.equals(content)).toBe(true);

    // What is left of it fills the disk; a shorter content for the key takes its place.
    expect(await put(demo, 'node1', key, Buffer.from('short'))).toHaveProperty('stored', true);
    const other = newContent(100_000);
    expect(await put(demo, 'node1', other.key, other.content)).toHaveProperty('stored', true);
    expect(await postKey(demo, 'node1', 'checkpresent', other.key)).toEqual({ present: true });
  });
});
