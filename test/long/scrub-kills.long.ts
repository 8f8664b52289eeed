import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { keyFile, type Key } from '../../src/key/index.ts';
import { newContent, put } from '../gateway/annex-requests.ts';
import { rot, type Rot } from '../gateway/scrub/rotten.ts';
import {
  contentPath,
  holders,
  logged,
  newDemo,
  nodeNames,
  repositoryOf,
  serveDemo,
} from '../gateway/served-demo.ts';
import { ballast } from '../support/program.ts';
import { amount, Chance, seedOf } from './world/chance.ts';

/** `BALLAST_KILLS`. */
const kills = amount('KILLS', 40);

/** Contents, each on all three nodes. */
const contents = 30;

const program = fileURLToPath(new URL('../../dist/ballast.js', import.meta.url));

it(`a check of contents that is killed ${kills} times restores all, and keeps what was damaged`, async () => {
  const chance = new Chance(seedOf('scrub-kills'));
  const directory = await newDemo();
  const demo = await serveDemo(directory);
  const made: { readonly key: Key; readonly content: Buffer }[] = [];
  for (let count = 0; count < contents; count += 1) {
    const one = newContent(50_000);
    for (const node of nodeNames) await put(demo, node, one.key, one.content);
    made.push(one);
  }
  await demo.close();
  const gateway = repositoryOf(directory, 'gateway');
  const bad = (node: (typeof nodeNames)[number], { key }: { readonly key: Key }): string[] => {
    const place = join(repositoryOf(directory, node), 'annex/bad');
    if (!existsSync(place)) return [];
    return readdirSync(place).filter((name) => name.startsWith(keyFile(key)));
  };
  let rotted = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const one = chance.pick(made);
    const node = chance.pick(nodeNames);
    const path = contentPath(repositoryOf(directory, node), one.key);
    const isWhole = existsSync(path) && readFileSync(path).equals(one.content);
    // So that annex/bad never holds as many of one key as it may, and one copy at least is good.
    const isOnlyOne = nodeNames.every((other) => {
      const at = contentPath(repositoryOf(directory, other), one.key);
      return other === node || !existsSync(at) || !readFileSync(at).equals(one.content);
    });
    if (isWhole && !isOnlyOne && bad(node, one).length < 5) {
      rot(path, chance.pick<Rot>(['bit', 'truncated', 'emptied', 'swapped']));
      rotted += 1;
    }
    const child = spawn(process.execPath, [program, 'fsck', '--rate', '4MB', gateway], {
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    await Promise.race([ended, delay(300 + chance.below(1500))]);
    child.kill('SIGKILL');
    await ended;
  }
  const last = await ballast(['fsck', '--json', gateway]);
  expect(last.stderr).toBe('');

  const again = await ballast(['fsck', '--json', gateway]);
  expect(again.status).toBe(0);
  const kept = made.flatMap((one) => nodeNames.map((node) => bad(node, one).length));
  expect(kept.reduce((sum, count) => sum + count, 0)).toBe(rotted);
  const served = await serveDemo(directory);
  for (const { key, content } of made) {
    expect(holders(served, key)).toEqual([...nodeNames]);
    expect(logged(served, key)).toEqual([...nodeNames]);
    for (const node of nodeNames) {
      expect(readFileSync(contentPath(repositoryOf(directory, node), key))).toEqual(content);
    }
  }
  await served.close();
  expect(rotted).toBeGreaterThan(kills / 4);
});
