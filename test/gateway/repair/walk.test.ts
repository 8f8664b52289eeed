/** Walks through the contents of a served demo, and a keeper that makes them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { serializeKey, type Key } from '../../../src/key/index.ts';
import type { RepairReport } from '../../../src/gateway/index.ts';
import type { RepairWalk } from '../../../src/gateway/repair/repair.ts';
import { machineClock, thisMachine } from '../../../src/repository/index.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { ask, newContent, put, until } from '../annex-requests.ts';
import {
  demoForTests,
  holders,
  logged,
  newDemo,
  serveDemo,
  type DemoOptions,
  type ServedDemo,
} from '../served-demo.ts';
import { circle, wish } from './wishes.ts';

const toFirst = [{ wanted: 'anything' }, { wanted: 'nothing' }, { wanted: 'nothing' }];
const toTwo = [{ wanted: 'anything' }, { wanted: 'anything' }, { wanted: 'nothing' }];

describe('a walk', () => {
  let demo: ServedDemo;
  let key: Key;

  beforeAll(async () => {
    demo = await demoForTests();
  });

  const walk = (how: Partial<RepairWalk> = {}): Promise<RepairReport> =>
    demo.gateway.repair.walk({
      isDry: false,
      rebalance: false,
      bytesPerS: undefined,
      jobs: 1,
      signal: new AbortController().signal,
      ...how,
    });

  const contentAt = async (node: 'node1' | 'node3'): Promise<Key> => {
    const { content, key } = newContent();
    await put(demo, node, key, content);
    return key;
  };

  it('that is dry tells what would be moved, and moves nothing', async () => {
    await wish(demo.directory, toTwo);
    key = await contentAt('node3');
    const yields: string[] = [];
    const report = await walk({
      isDry: true,
      progress: ({ contents }) => yields.push(`${contents}`),
      yielding: () => {
        yields.push('yields');
        return Promise.resolve();
      },
    });
    expect(report).toMatchObject({
      contents: 1,
      gets: { contents: 2, bytes: 2000n },
      drops: { contents: 1, bytes: 1000n },
      changed: 0,
      left: 0,
      hasMoved: true,
    });
    expect(yields.slice(0, 2)).toEqual(['1', 'yields']);
    expect([holders(demo, key), logged(demo, key)]).toEqual([['node3'], ['node3']]);
    const other = await walk({ isDry: true, keys: new Set(['WORM-s1-m1--other']) });
    expect(other).toMatchObject({ contents: 1, hasMoved: false });
  });

  it('is of the clusters and keys that are asked for', async () => {
    expect(await walk({ clusters: new Set([imaginaryUuid(1)]) })).toMatchObject({ contents: 0 });
    const other = await walk({ keys: new Set(['WORM-s1-m1--other']) });
    expect(other).toMatchObject({ contents: 1, hasMoved: false });
    expect(holders(demo, key)).toEqual(['node3']);
  });

  it('moves nothing once it is told to stop', async () => {
    for (const isDry of [true, false]) {
      const walked = walk({ isDry, signal: AbortSignal.abort(new Error('stopped')) });
      await expect(walked).rejects.toThrow('stopped');
    }
    expect(holders(demo, key)).toEqual(['node3']);
  });

  it('moves what is to be moved, when others have had their turn', async () => {
    const yields: string[] = [];
    const report = await walk({
      yielding: () => {
        yields.push(holders(demo, key).join(' '));
        return Promise.resolve();
      },
      progress: (report) => yields.push(`${report.gets.contents}`),
    });
    expect(report).toMatchObject({
      contents: 1,
      gets: { contents: 2, bytes: 2000n },
      drops: { contents: 1, bytes: 1000n },
      changed: 1,
      left: 0,
      leftGets: { contents: 0, bytes: 0n },
    });
    expect(report.movingMs).toBeGreaterThan(0);
    expect(yields).toContain('node3');
    expect(yields).toContain('2');
    expect([holders(demo, key), logged(demo, key)]).toEqual([
      ['node1', 'node2'],
      ['node1', 'node2'],
    ]);
    expect(await walk()).toMatchObject({ contents: 1, hasMoved: false });
  });

  it('tells a content that would never settle with its circle, dry or not, and leaves it', async () => {
    await wish(demo.directory, circle);
    const round = await contentAt('node1');
    for (const isDry of [true, false]) {
      const report = await walk({ isDry, keys: new Set([serializeKey(round)]) });
      expect(report).toMatchObject({ cycleCount: 1, hasMoved: false, left: 0 });
      expect(report.cycles[0]?.keyText).toBe(serializeKey(round));
      expect(report.cycles[0]?.moves).toHaveLength(4);
    }
    expect(holders(demo, round)).toEqual(['node1']);
  });
});

/** The machine's clock, of which the steady time can be put forward, and what comes every ten seconds be had at once. */
class HastyClock {
  readonly #acts: (() => void)[] = [];
  #aheadMs = 0;
  readonly system = {
    ...thisMachine,
    clock: {
      ...machineClock,
      steadyMs: (): number => machineClock.steadyMs() + this.#aheadMs,
      every: (milliseconds: number, act: () => void) => {
        if (milliseconds === 10_000) this.#acts.push(act);
        return machineClock.every(milliseconds, act);
      },
    },
  };

  haste(milliseconds: number): void {
    this.#aheadMs += milliseconds;
    for (const act of this.#acts) act();
  }
}

describe('a keeper', () => {
  const kept = (mode: 'dry' | 'on'): { clock: HastyClock; options: DemoOptions } => {
    const clock = new HastyClock();
    const repair = { mode, bytesPerS: undefined, everyMs: 3_600_000 };
    return { clock, options: { gateway: { repair, system: clock.system } } };
  };

  const told = async (demo: ServedDemo, path: string): Promise<string> =>
    (await ask(demo, path)).body.toString();

  it('tells in /healthz and /metrics what clusters lack when it is dry', async () => {
    const { clock, options } = kept('dry');
    const demo = await serveDemo(await newDemo(), options);
    try {
      await wish(demo.directory, toTwo);
      const { content, key } = newContent();
      await put(demo, 'node3', key, content);
      expect(await told(demo, '/metrics')).toContain('\nballast_repair_copies 0\n');
      clock.haste(60_000);
      await until(
        async () =>
          (await told(demo, '/healthz')).includes('"serve --repair on\\" moves it; moves: 3'),
        'what is to be moved',
      );
      const metrics = await told(demo, '/metrics');
      expect(metrics).toContain('\nballast_repair_copies 2\n');
      expect(metrics).toContain('\nballast_repair_bytes 2000\n');
      expect(metrics).toMatch(
        /\nballast_repair_oldest_seconds 0(?:\.\d+)?\n|\nballast_repair_oldest_seconds [1-9]/,
      );
      expect(holders(demo, key)).toEqual(['node3']);
    } finally {
      await demo.close();
    }
  });

  it('is one: no second process serves the clusters meanwhile; and it moves what is to be moved', async () => {
    const { clock, options } = kept('on');
    const demo = await serveDemo(await newDemo(), options);
    try {
      await wish(demo.directory, toFirst);
      const { content, key } = newContent();
      await put(demo, 'node3', key, content);
      await expect(serveDemo(demo.directory, kept('on').options)).rejects.toThrow(
        'another ballast already serves the clusters',
      );
      expect(holders(demo, key)).toEqual(['node3']);
      clock.haste(60_000);
      await until(() => holders(demo, key).join() === 'node1', 'what is to be moved');
      await until(
        () => demo.warnings.join().includes('repair has made 1 copies and dropped 1'),
        'the end of the walk',
      );
    } finally {
      await demo.close();
    }
  });
});
