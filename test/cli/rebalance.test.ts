import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { serializeKey, type Key } from '../../src/key/index.ts';
import { newContent, put, until } from '../gateway/annex-requests.ts';
import { circle, wish } from '../gateway/repair/wishes.ts';
import { contentPath, newDemo, repositoryOf, serveDemo } from '../gateway/served-demo.ts';
import { ballast } from '../support/program.ts';
import { start } from './program.ts';

const toFirst = [{ wanted: 'anything' }, { wanted: 'nothing' }, { wanted: 'nothing' }];

describe('ballast rebalance', () => {
  let directory = '';
  let gateway = '';

  beforeAll(async () => {
    directory = await newDemo();
    gateway = repositoryOf(directory, 'gateway');
  });

  const contentAt = async (node: 'node1' | 'node3', length: number): Promise<Key> => {
    const demo = await serveDemo(directory);
    const { content, key } = newContent(length);
    await put(demo, node, key, content);
    await demo.close();
    return key;
  };
  const isAt = (node: 'node1' | 'node3', key: Key): boolean =>
    existsSync(contentPath(repositoryOf(directory, node), key));

  it('says what is left and ends with 1, and with 0 once all is moved', async () => {
    const key = await contentAt('node3', 1000);
    await wish(directory, toFirst);
    const node1 = repositoryOf(directory, 'node1');
    renameSync(node1, `${node1}.away`);
    const left = await ballast(['rebalance', gateway]);
    renameSync(`${node1}.away`, node1);
    expect(left.stdout).toBe('1 contents: 0 copies made (0 bytes), 0 dropped\n');
    expect(left.stderr).toContain(
      'ballast: 1 contents could not be moved now, as is told above; run it again\n',
    );
    expect(left.status).toBe(1);
    expect([isAt('node1', key), isAt('node3', key)]).toEqual([false, true]);

    const done = await ballast(['rebalance', gateway, '--cluster', 'cluster', '--jobs', '2']);
    expect(done).toMatchObject({
      status: 0,
      stdout: '1 contents: 1 copies made (1,000 bytes), 1 dropped\n',
    });
    expect(done.stderr).not.toContain('run it again');
    expect([isAt('node1', key), isAt('node3', key)]).toEqual([true, false]);
  });

  it('tells what would never settle, moves it not, and ends with 1', async () => {
    await wish(directory, circle);
    const { status, stdout, stderr } = await ballast(['rebalance', gateway]);
    await wish(directory, toFirst);
    expect(stdout).toBe('1 contents: 0 copies made (0 bytes), 0 dropped\n');
    expect(stderr).toMatch(
      /^ballast: 1 contents never settle, and were left: SHA256-\S+ \(again and again: (?:get|drop) node[23], .*\)\n$/,
    );
    expect(status).toBe(1);
  });

  it.each([
    [['--rate', '0'], 'It is a size above 0, such as 20MB.'],
    [['--jobs', '0'], 'It is a whole number from 1 to 999.'],
    [['--jobs', '1000'], 'It is a whole number from 1 to 999.'],
    [['--cluster', 'x'], 'ballast: there is no cluster named x here; there are: cluster.\n'],
  ])('%j is a mistake that it explains', async (words, message) => {
    const { status, stdout, stderr } = await ballast(['rebalance', gateway, ...words]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('has nothing to do in a repository without a cluster', async () => {
    const { status, stderr } = await ballast(['rebalance', repositoryOf(directory, 'node1')]);
    expect([status, stderr]).toEqual([
      2,
      'ballast: no cluster is served here: nothing is to be repaired.\n',
    ]);
  });

  it('stops at Ctrl-C with nothing lost, and goes on at the next run', async () => {
    const key = await contentAt('node3', 4_000_000);
    const running = start(['rebalance', gateway, '--rate', '500kB'], { directory });
    const partials = join(repositoryOf(directory, 'node1'), 'annex', 'tmp');
    const hasBegun = (): boolean =>
      existsSync(partials) && readdirSync(partials).includes(serializeKey(key));
    await until(hasBegun, 'a copy on its way');
    running.child.kill('SIGINT');
    expect(await running.ended).toEqual({
      status: 2,
      stdout: '',
      stderr: 'ballast: stopped; the next run goes on.\n',
    });
    expect([isAt('node1', key), isAt('node3', key)]).toEqual([false, true]);

    expect(await ballast(['rebalance', gateway])).toMatchObject({ status: 0, stderr: '' });
    expect([isAt('node1', key), isAt('node3', key)]).toEqual([true, false]);
  });
});

describe('what Ctrl-C gives up', () => {
  it('ends in its own time, and at once when it is pressed again, which one handed on is not', async () => {
    const stopping = join(import.meta.dirname, '../../src/cli/stopping.ts');
    const script = `
      import { stoppedWell } from ${JSON.stringify(stopping)};
      const { signal } = stoppedWell({ stopped: 'stopped.', hurried: 'at once.' });
      setInterval(() => undefined, 1000);
      signal.addEventListener('abort', () => console.log(signal.reason.message));
      console.log('begun');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    let [out, error] = ['', ''];
    child.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
    child.stderr.on('data', (piece: Buffer) => (error += piece.toString()));
    const ended = once(child, 'close');
    await until(() => out.includes('begun'), 'its beginning');
    child.kill('SIGINT');
    await until(() => out.includes('stopped.'), 'that it gives up');
    const stoppedMs = performance.now();
    let presses = 0;
    await until(() => {
      if (child.exitCode === null) presses += Number(child.kill('SIGINT'));
      return child.exitCode !== null;
    }, 'its end');
    expect(await ended).toEqual([2, null]);
    expect(performance.now() - stoppedMs).toBeGreaterThan(300);
    expect(presses).toBeGreaterThan(1);
    expect([out, error]).toEqual(['begun\nstopped.\n', 'ballast: at once.\n']);
  });
});

describe('ballast serve', () => {
  it.each([
    [['--repair', 'maybe'], /Allowed choices are off, dry, on/],
    [['--repair-rate', '0'], /It is a size above 0, such as 20MB/],
    [['--repair-every', '0'], /It is a number of hours above 0/],
  ])('refuses %j', async (words, message) => {
    const { status, stderr } = await ballast(['serve', '/nowhere', ...words]);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });
});
