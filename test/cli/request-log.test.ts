import { once } from 'node:events';
import { readFileSync, renameSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../gateway/annex-requests.ts';
import { newDemo, repositoryOf } from '../gateway/served-demo.ts';
import { interrupt, run, serve, type Running } from './program.ts';

let repository: string;
beforeAll(async () => {
  repository = repositoryOf(await newDemo(), 'gateway');
});

function serveLogged(...words: readonly string[]): Promise<Running & { readonly port: number }> {
  const all = ['serve', repository, '--wideopen', ...words];
  return serve(all, { directory: temporaryDirectory() });
}

async function ask(port: number, path: string, headers = {}): Promise<number> {
  const sent = request({ host: '127.0.0.1', port, path, headers, agent: false });
  sent.end();
  const [response] = await once(sent, 'response');
  response.resume();
  return Number(response.statusCode);
}

/** The lines of a log, once there are so many. */
async function linesOf(path: string, count: number): Promise<unknown[]> {
  const lines = (): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);
  await until(() => lines().length >= count, `${count} lines in the log`);
  return lines().map((line): unknown => JSON.parse(line));
}

describe('the log of requests', () => {
  it('is a line for each, with nothing in it that lets anybody in', async () => {
    const file = join(temporaryDirectory(), 'requests');
    const running = await serveLogged('--log-requests', file);
    const credentials = `Basic ${Buffer.from('me:secret').toString('base64')}`;
    const key = 'SHA256E-s1--a%0Ab%22.txt';
    const uuid = '11111111-1111-1111-1111-111111111111';

    await ask(running.port, '/healthz?token=secret', { Authorization: credentials });
    await ask(running.port, `/git-annex/${uuid}/key/${key}`, { Authorization: credentials });
    const lines = await linesOf(file, 2);
    await interrupt(running);

    expect(lines).toEqual([
      {
        level: 30,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        remote: '127.0.0.1',
        verb: 'health',
        method: 'GET',
        path: '/healthz',
        status: 200,
        bytes: 0,
        durationMs: expect.any(Number),
      },
      {
        level: 30,
        time: expect.any(String),
        remote: '127.0.0.1',
        verb: 'get',
        server: uuid,
        key: 'SHA256E-s1--a\nb".txt',
        status: 404,
        bytes: 0,
        durationMs: expect.any(Number),
      },
    ]);
    expect(readFileSync(file, 'utf8')).not.toMatch(/secret|Basic|bWU6/);
  });

  it('is begun anew on SIGUSR2, after a rotation', async () => {
    const file = join(temporaryDirectory(), 'requests');
    const running = await serveLogged('--log-requests', file);
    await ask(running.port, '/first');
    await linesOf(file, 1);

    renameSync(file, `${file}.1`);
    running.child.kill('SIGUSR2');
    await until(() => {
      try {
        return readFileSync(file, 'utf8') === '';
      } catch {
        return false;
      }
    }, 'the new file');
    await ask(running.port, '/second');

    expect(await linesOf(file, 1)).toMatchObject([{ path: '/second' }]);
    expect(await linesOf(`${file}.1`, 1)).toMatchObject([{ path: '/first' }]);
    expect(await interrupt(running)).toMatchObject({ status: 0 });
  });

  it('goes to standard error as -', async () => {
    const running = await serveLogged('--log-requests', '-');
    await ask(running.port, '/nothing');
    const { status, stderr } = await interrupt(running);

    expect(status).toBe(0);
    expect(JSON.parse(stderr)).toMatchObject({ path: '/nothing', status: 404 });
  });

  it.skipIf(process.platform !== 'linux')('on a full disk never stops serving', async () => {
    const running = await serveLogged('--log-requests', '/dev/full');
    for (let i = 0; i < 20; i += 1) expect(await ask(running.port, '/healthz')).toBe(200);
    const { status, stderr } = await interrupt(running);

    expect(status).toBe(0);
    const warnings = stderr.split('\n').filter((line) => line.includes('cannot be logged'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('ENOSPC');
  });

  it('that cannot be begun at all is told before anything is served', async () => {
    const words = ['serve', repository, '--log-requests', '/no/such/place', '--port', '0'];
    const { status, stderr } = await run(words, { directory: temporaryDirectory() });

    expect(status).toBe(2);
    expect(stderr).toMatch(/^ballast: requests cannot be logged \(ENOENT.*name another file\.\n$/);
  });
});

describe('--cors', () => {
  it('takes origins, and says what one is', async () => {
    const running = await serveLogged('--cors', 'https://page.example', '--cors', 'http://a:8080');
    await interrupt(running);

    for (const origin of ['https://page.example/', 'page.example', 'null', 'file:///']) {
      const words = ['serve', repository, '--cors', origin];
      const { status, stderr } = await run(words, { directory: temporaryDirectory() });
      expect(status).toBe(2);
      expect(stderr).toContain('It is * or an origin without a path, as https://');
    }
  });
});
