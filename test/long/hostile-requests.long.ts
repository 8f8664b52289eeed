import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { descriptors } from '../gateway/leaks.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { HostileHttp, type Aims } from './fuzz/hostile-http.ts';
import { hostileLines, session, type SessionEnd } from './fuzz/hostile-lines.ts';
import { fire } from './fuzz/volley.ts';
import { AnnexHttp, isContentOf, keyOf, says } from './world/annex-http.ts';
import { amount, Chance, seedOf } from './world/chance.ts';
import { newDemo, type Demo } from './world/demo.ts';
import { serve, type Served } from './world/served.ts';
import { cpuSecondsOf, residentKiBOf } from '../../bench/p2p/usage.ts';

/** `BALLAST_REQUESTS`: 20,000; a million for a release. */
const requests = amount('REQUESTS', 20_000);

/** Requests between two looks at the server, and lines of one session among them. */
const batchRequests = 2000;
const batchLines = 200;
const connectionsCount = 16;
/** A connection whose client has said all it had to is closed within this. */
const stuckMs = 120_000;
/** A working heap grows and shrinks; what leaked in every batch would be beyond it. */
const growthKiBMax = 250_000;
/** Connections to git's children come and go. */
const growthDescriptorsMax = 24;

it(`${requests} hostile requests crash nothing, fill nothing and lose nothing`, async () => {
  const seed = seedOf('hostile-requests');
  const demo = await newDemo(join(temporaryDirectory(), 'demo'));
  // Locks are let go in seconds, so that what stays open is a leak; uploads of one key do not wait
  // for each other longer than the harness does.
  const limits = ['lock-lifetime=4s', 'lock-renew=1s', 'same-key-wait=3s'];
  const words = limits.flatMap((limit) => ['--limit', limit]);
  const server = await serve(demo.gateway, { words });
  const aims = await contentsIn(demo, server);
  const told = new Map<string, number>();
  let sent = 0;
  let first: Held | undefined;
  const startMs = performance.now();
  for (let batch = 0; sent < requests; batch += 1) {
    const chance = new Chance(seed + batch);
    const lines = hostileLines(batchLines, chance, aims);
    const spoken = batch % 5 === 0 ? session(demo.gateway, lines, stuckMs) : sessionNotBegun;
    sent += await volleys(server.port, new HostileHttp(chance, aims), { chance, told });
    expect(await spoken, `batch ${batch}`).toEqual({ isStuck: false, crash: '' });
    expect(server.hasEnded(), `ended in batch ${batch}`).toBe(false);
    const now = await settled(server, first ?? anything);
    first ??= now;
    await expectGuarded(demo, server, batch % 25 === 0 ? aims.guarded : aims.guarded.slice(0, 2));
  }
  const seconds = (performance.now() - startMs) / 1000;
  const cpuMs = (cpuSecondsOf(server.pid) / sent) * 1000;
  await expectGuarded(demo, server, aims.guarded);
  await expectLooseWhole(demo, server, aims);
  await server.stop();
  const counted = [...told].map(([status, count]) => `${status}: ${count}`);
  const speed = `${(sent / seconds).toFixed(0)} a second, ${cpuMs.toFixed(2)} ms of its CPU each`;
  console.log(`${sent} requests, ${speed}; ${counted.join(', ')}`);
  expect(told.get('500') ?? 0).toBe(0);
});

/** Contents on all nodes, and what may come and go. */
async function contentsIn(demo: Demo, { port }: Served): Promise<Aims> {
  const chance = new Chance(1);
  const http = new AnnexHttp({ limitMs: 60_000 });
  const guarded: string[] = [];
  for (let count = 0; count < 20; count += 1) {
    const content = chance.bytes(100 + count * 97);
    guarded.push(keyOf(content));
    const answer = await http.put({ port, uuid: demo.cluster }, keyOf(content), content);
    if (!says(answer, 'stored')) throw new Error('a put failed');
  }
  http.close();
  const loose = Array.from({ length: 64 }, (_, i) => chance.bytes(10 + i * 31));
  return {
    uuids: [demo.cluster, ...Object.values(demo.nodes)],
    guarded,
    loose: new Map(loose.map((content) => [keyOf(content), content])),
  };
}

/** One batch, on several connections at once; counts the answers, and gives how many requests it was. */
async function volleys(
  port: number,
  hostile: HostileHttp,
  { chance, told }: { readonly chance: Chance; readonly told: Map<string, number> },
): Promise<number> {
  let left = batchRequests;
  let sent = 0;
  const client = async (): Promise<void> => {
    while (left > 0) {
      const count = Math.min(left, 1 + chance.below(100));
      const framed = Array.from({ length: count - 1 }, () => hostile.framed());
      const salvo = { framed, broken: hostile.broken(), breaksOff: chance.happens(0.1) };
      const { statuses, stuckAt, requests } = await fire(port, salvo, stuckMs);
      expect(stuckAt).toBe('');
      left -= requests;
      sent += requests;
      for (const [status, seen] of statuses) told.set(status, (told.get(status) ?? 0) + seen);
    }
  };
  await Promise.all(Array.from({ length: connectionsCount }, client));
  return sent;
}

interface Held {
  readonly descriptors: number;
  readonly residentKiB: number;
}

/** Waits until nothing is open that was not open at first; the server answers meanwhile. */
async function settled({ pid, port }: Served, first: Held): Promise<Held> {
  const http = new AnnexHttp({ limitMs: 30_000 });
  expect((await http.health(port)).status).toBe(200);
  http.close();
  await vi.waitFor(
    () => {
      const most = first.descriptors + growthDescriptorsMax;
      expect(descriptors(pid).length).toBeLessThanOrEqual(most);
    },
    { timeout: 60_000, interval: 50 },
  );
  expect(residentKiBOf(pid)).toBeLessThan(first.residentKiB + growthKiBMax);
  return { descriptors: descriptors(pid).length, residentKiB: residentKiBOf(pid) };
}

/** A session costs a process, and most batches have none. */
const sessionNotBegun: SessionEnd = { isStuck: false, crash: '' };

/** What the first batch may come to. */
const anything: Held = { descriptors: 4000, residentKiB: 1_000_000 };

async function expectGuarded(demo: Demo, { port }: Served, keys: readonly string[]): Promise<void> {
  const http = new AnnexHttp({ limitMs: 30_000 });
  for (const key of keys) {
    const got = await http.get({ port, uuid: demo.cluster }, key);
    expect(got.status === 200 && isContentOf(key, got.body), key).toBe(true);
  }
  http.close();
}

/** What was stored and removed all the while is absent, or what its key says. */
async function expectLooseWhole(demo: Demo, { port }: Served, { loose }: Aims): Promise<void> {
  const http = new AnnexHttp({ limitMs: 30_000 });
  for (const uuid of Object.values(demo.nodes)) {
    for (const key of loose.keys()) {
      const got = await http.get({ port, uuid }, key);
      const isRight = got.status === 404 || (got.status === 200 && isContentOf(key, got.body));
      expect(isRight, key).toBe(true);
    }
  }
  http.close();
}
