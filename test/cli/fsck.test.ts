import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { serializeKey } from '../../src/key/index.ts';
import { newContent, put } from '../gateway/annex-requests.ts';
import { contentPath, newDemo, repositoryOf, serveDemo } from '../gateway/served-demo.ts';
import { rot } from '../gateway/scrub/rotten.ts';
import { serve } from '../long/world/served.ts';
import { ballast } from '../support/program.ts';
import { until } from '../gateway/annex-requests.ts';

const one = newContent();

describe('ballast fsck and serve --scrub', () => {
  let directory = '';
  let gateway = '';
  let path = '';

  beforeAll(async () => {
    directory = await newDemo();
    gateway = repositoryOf(directory, 'gateway');
    const demo = await serveDemo(directory);
    await put(demo, 'node1', one.key, one.content);
    await put(demo, 'node2', one.key, one.content);
    path = contentPath(repositoryOf(directory, 'node1'), one.key);
    await demo.close();
  });

  it('say what was found and done, and end with 1 once', async () => {
    rot(path, 'bit');
    const ended = await ballast(['fsck', gateway]);
    expect(ended.stdout).toContain(
      `the copy of ${serializeKey(one.key)} on node1 is damaged; it was moved to annex/bad of node1, and restored from node2\n`,
    );
    expect(ended.stdout).toContain('node1: 1 copies, 1.0 kB: 1 damaged, 1 restored\n');
    expect(ended.stdout).toContain('node2: 1 copies, 1.0 kB: all is well\n');
    expect([ended.stderr, ended.status]).toEqual(['', 1]);
    expect(readFileSync(path)).toEqual(one.content);

    const again = await ballast(['fsck', gateway, '--node', 'node1', '--jobs', '4']);
    expect([again.stdout, again.status]).toEqual(['node1: 1 copies, 1.0 kB: all is well\n', 0]);
  });

  it('refuse a node that there is none of, and a rate for nothing', async () => {
    const unknown = await ballast(['fsck', gateway, '--node', 'node9']);
    expect(unknown.stderr).toBe(
      'ballast: there is no node node9 here; there are here, node1, node2, node3.\n',
    );
    expect(unknown.status).toBe(2);
    const rate = await ballast(['serve', gateway, '--scrub-rate', '1MB']);
    expect(rate.stderr).toContain('--scrub-rate is for --scrub');
    expect(rate.status).toBe(2);
  });

  it('do it by itself in a server, that tells of it in /metrics and /healthz', async () => {
    rot(path, 'truncated');
    // What has been checked just now is not due for thirty days.
    rmSync(join(gateway, 'annex/ballast/scrub'), { recursive: true });
    const server = await serve(gateway, { words: ['--scrub', '30'] });
    try {
      const at = async (page: string): Promise<string> =>
        await (await fetch(`http://127.0.0.1:${server.port}/${page}`)).text();
      await until(
        async () => (await at('metrics')).includes('ballast_damaged_copies_total{node="node1"} 1'),
        'the damaged copy in /metrics',
      );
      await until(
        () => existsSync(path) && readFileSync(path).equals(one.content),
        'a restored copy',
      );
      await until(
        async () => (await at('healthz')).includes('copies on node1 were found damaged since'),
        'the damaged copy in /healthz',
      );
    } finally {
      await server.stop();
    }
    expect(existsSync(join(gateway, 'annex/ballast/scrub'))).toBe(true);
  });
});
