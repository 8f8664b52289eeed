import { renameSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HealthCheck } from '../../../src/gateway/http/web/health.ts';
import { ask } from '../annex-requests.ts';
import { machineClock } from '../../../src/repository/index.ts';
import { newDemo, repositoryOf, serveDemo, type ServedDemo } from '../served-demo.ts';

let demo: ServedDemo;
beforeAll(async () => {
  // Nobody may do anything: health is for those who have no account.
  demo = await serveDemo(await newDemo(), { access: {} });
});
afterAll(() => demo.close());

describe('/healthz', () => {
  it('says that the repository can be read', async () => {
    const answer = await ask(demo, '/healthz?verbose');

    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
    });
    expect(JSON.parse(answer.body.toString())).toEqual({ status: 'ok' });
  });

  it('says so to HEAD too, and nothing to anything else', async () => {
    const head = await ask(demo, '/healthz', { method: 'HEAD' });
    const post = await ask(demo, '/healthz', { method: 'POST' });

    expect(head).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    const nothing = { allow: 'GET, HEAD', 'content-length': '0' };
    expect(post).toMatchObject({ status: 405, headers: nothing });
  });

  it('says why the repository cannot be read, until it can, and warns once', async () => {
    const repository = repositoryOf(demo.directory, 'gateway');
    renameSync(repository, `${repository}.away`);
    const first = await ask(demo, '/healthz');
    const second = await ask(demo, '/healthz');
    renameSync(`${repository}.away`, repository);
    const third = await ask(demo, '/healthz');

    for (const answer of [first, second]) {
      expect(answer.status).toBe(503);
      const told: unknown = JSON.parse(answer.body.toString());
      expect(told).toMatchObject({ status: 'unavailable' });
      expect(JSON.stringify(told)).toContain('cannot be read');
      // Where it is, is nobody's business.
      expect(JSON.stringify(told)).not.toContain(demo.directory);
    }
    expect(third.status).toBe(200);
    const warnings = demo.warnings.filter((warning) => warning.includes('cannot be read'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(repository);
  });

  it('answers while the disk hangs, and looks at it once for all who ask', async () => {
    let looks = 0;
    let come = (): void => undefined;
    const disk = new Promise<void>((resolve) => {
      come = resolve;
    });
    const allocator = new HealthCheck({
      clock: machineClock,
      limitMs: 20,
      warn: () => undefined,
      read: () => {
        looks += 1;
        return disk;
      },
    });

    const all = await Promise.all([allocator.look(), allocator.look(), allocator.look()]);
    const later = await allocator.look();

    expect(new Set([...all, later])).toEqual(
      new Set(["the gateway's repository cannot be read; the gateway's log tells why"]),
    );
    expect(looks).toBe(1);
    come();
    await disk;
    expect(await allocator.look()).toBeUndefined();
  });
});
