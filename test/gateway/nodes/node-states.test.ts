import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { serializeKey, type Key } from '../../../src/key/index.ts';
import { git } from '../../support/git-annex.ts';
import { get, newContent, postKey, put } from '../annex-requests.ts';
import {
  logged,
  namesOf,
  newDemo,
  repositoryOf,
  serveDemo,
  type ServedDemo,
} from '../served-demo.ts';

const directory = await newDemo();
const gateway = repositoryOf(directory, 'gateway');
const node = repositoryOf(directory, 'node1');
const isRoot = process.getuid?.() === 0;
renameSync(node, `${node}.small`);
mkdirSync(node);
const mounting = ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', node];
const isMounted = isRoot && spawnSync('mount', mounting).status === 0;
cpSync(`${node}.small`, node, { recursive: true });
git(node, 'config', 'annex.diskreserve', '0');
if (!isMounted) console.warn('no root: nodes on disks of their own are skipped');

/** A way to be away: what is done to node1, before the gateway is opened or while it is open. */
interface Way {
  readonly name: string;
  readonly isOpenBefore: boolean;
  readonly needsMount?: boolean;
  go(): unknown;
  back(): void;
  /** Whether the node can still say what it has. */
  readonly isReadable?: boolean;
  /** Whether it can still remove something: that makes room. */
  readonly canRemove?: boolean;
}

const url = (text: string): void => void git(gateway, 'config', 'remote.node1.url', text);
const ways: readonly Way[] = [
  {
    name: 'its directory was deleted before',
    isOpenBefore: false,
    go: () => url(`${directory}/nowhere.git`),
    back: () => url(node),
  },
  {
    name: 'its disk is unmounted while it is open',
    isOpenBefore: true,
    needsMount: true,
    go: () => {
      mkdirSync(`${directory}/elsewhere`, { recursive: true });
      execFileSync('mount', ['--bind', `${directory}/elsewhere`, node]);
    },
    back: () => void execFileSync('umount', ['-l', node]),
  },
  {
    name: 'its git config is broken',
    isOpenBefore: false,
    go: () => {
      renameSync(join(node, 'config'), join(node, 'config.good'));
      writeFileSync(join(node, 'config'), '[core\n');
    },
    back: () => renameSync(join(node, 'config.good'), join(node, 'config')),
  },
  {
    name: 'ssh to it is refused',
    isOpenBefore: true,
    go: () => url('ssh://127.0.0.1:1/srv/node1.git'),
    back: () => url(node),
  },
  {
    name: 'HTTP to it is refused',
    isOpenBefore: true,
    go: () => url('annex+http://127.0.0.1:1/git-annex/'),
    back: () => url(node),
  },
  {
    name: 'its file system is read-only',
    isOpenBefore: true,
    needsMount: true,
    isReadable: true,
    // A file that is written there is closed only after the answer.
    go: () =>
      vi.waitUntil(() => spawnSync('mount', ['-o', 'remount,ro', node]).status === 0, 10_000),
    back: () => void execFileSync('mount', ['-o', 'remount,rw', node]),
  },
  {
    name: 'its disk is full',
    isOpenBefore: true,
    needsMount: true,
    isReadable: true,
    canRemove: true,
    go: () => void spawnSync('dd', ['if=/dev/zero', `of=${node}/filling`, 'bs=64k', 'count=400']),
    back: () => rmSync(join(node, 'filling')),
  },
];

let demo: ServedDemo;
let away: Way | undefined;
beforeAll(async () => {
  demo = await serveDemo(directory);
});
afterEach(() => {
  away?.back();
  away = undefined;
});
afterAll(async () => {
  await demo.close();
  if (isMounted) execFileSync('umount', ['-l', node]);
});

async function goes(way: Way): Promise<void> {
  if (!way.isOpenBefore) await demo.close();
  await way.go();
  away = way;
  if (!way.isOpenBefore) demo = await serveDemo(directory);
}

/** A content that is on node1 alone, and one that is on both other nodes. */
async function stored(): Promise<{ on1: Key; off1: Key; content: Buffer }> {
  const on1 = newContent();
  await put(demo, 'node1', on1.key, on1.content);
  const off1 = newContent();
  await put(demo, 'node2', off1.key, off1.content);
  await put(demo, 'node3', off1.key, off1.content);
  return { on1: on1.key, off1: off1.key, content: off1.content };
}

async function missing(): Promise<string[]> {
  const found: string[] = [];
  for await (const copy of demo.gateway.missing.all()) {
    found.push(`${namesOf(demo, [copy.node]).join('')} ${serializeKey(copy.key)}`);
  }
  return found;
}

describe.for(ways.map((way) => [way.name, way] as const))(
  'of three nodes one, when %s,',
  ([, way]) => {
    it.skipIf(way.needsMount === true && !isMounted)('is a node less', async () => {
      const { on1, off1, content } = await stored();
      await goes(way);
      const isReadable = way.isReadable === true;

      // What is new is stored on the others, and what they lack of it is remembered.
      const lacking: string[] = [];
      for (let tries = 0; lacking.length === 0 && tries < 40; tries += 1) {
        const made = newContent(200_000);
        const { key } = made;
        expect(await postKey(demo, 'cluster', 'checkpresent', key)).toEqual({ present: false });
        expect((await get(demo, 'cluster', key)).status).toBe(404);
        expect(await postKey(demo, 'cluster', 'putoffset', key)).toEqual({ offset: 0 });
        expect(await put(demo, 'cluster', key, made.content)).toHaveProperty('stored', true);
        const where = logged(demo, key);
        expect(where).not.toContain('node1');
        expect(await postKey(demo, 'cluster', 'checkpresent', key)).toEqual({ present: true });
        if (where.length === 1) lacking.push(`node1 ${serializeKey(key)}`);
      }
      expect(lacking).toHaveLength(1);
      expect(await missing()).toContain(lacking[0]);

      // What it alone is logged to have cannot be known without it.
      const known = isReadable ? { present: true } : 502;
      expect(await postKey(demo, 'cluster', 'checkpresent', on1)).toEqual(known);
      expect((await get(demo, 'cluster', on1)).status).toBe(isReadable ? 200 : 502);
      expect((await get(demo, 'cluster', off1)).body.equals(content)).toBe(true);

      // Nothing is said to be gone from everywhere while it cannot remove its own.
      const removed = await postKey(demo, 'cluster', 'remove', on1);
      expect(removed).toHaveProperty('removed', way.canRemove === true);
      expect(logged(demo, on1)).toEqual(way.canRemove === true ? [] : ['node1']);
      expect(await postKey(demo, 'cluster', 'lockcontent', off1)).toEqual({ locked: false });

      way.back();
      away = undefined;
      if (!way.isOpenBefore) {
        await demo.close();
        demo = await serveDemo(directory);
      }
      expect(existsSync(node)).toBe(true);
      expect(await postKey(demo, 'cluster', 'remove', on1)).toMatchObject({ removed: true });
    });
  },
);
