import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OwedCopies, type OwedReason } from '../../../src/gateway/scrub/owed-copies.ts';
import { serializeKey } from '../../../src/key/index.ts';
import { ownDisk } from '../../../src/repository/index.ts';
import { uuidOf } from '../../support/branch.ts';
import { keyOf, temporaryDirectory } from '../../support/objects.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';

const node = uuidOf('11111111-1111-4111-8111-111111111111');
const keys = ['WORM-s1--a', 'WORM-s2--b', 'WORM-s3--\u00e4\ud83d\ude00'].map(keyOf);

function newPlace(): { readonly owed: () => OwedCopies; readonly path: string } {
  const gitDirectory = temporaryDirectory();
  mkdirSync(join(gitDirectory, 'annex'));
  const place = {
    gitDirectory,
    disk: ownDisk,
    clock: new SimulatedClock(),
    sharedRepository: undefined,
  };
  return {
    owed: () => new OwedCopies(place),
    path: join(gitDirectory, 'annex/ballast/scrub/owed'),
  };
}

const listed = (owed: OwedCopies): string[] =>
  owed.all().map(({ key, why }) => `${why} ${serializeKey(key)}`);

it('are known to whoever comes next, after any acts and a torn end', async () => {
  const act = fc.record({
    at: fc.nat(keys.length - 1),
    why: fc.constantFrom<OwedReason | 'paid'>('damaged', 'gone', 'unread', 'paid'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (acts) => {
      const { owed, path } = newPlace();
      const first = owed();
      const model = new Map<number, string>();
      for (const { at, why } of acts) {
        const key = keys[at] ?? keyOf('WORM--x');
        if (why === 'paid') {
          await first.pay({ key, node });
          model.delete(at);
        } else {
          await first.add({ key, node, why, sinceSeconds: 1 });
          model.set(at, `${why} ${serializeKey(key)}`);
        }
      }
      if (existsSync(path)) appendFileSync(path, '[1,"1111');
      const next = owed();
      await next.load();
      expect(listed(next).sort()).toEqual([...model.values()].sort());
      await next.add({ key: keyOf('WORM--after'), node, why: 'gone', sinceSeconds: 2 });
      const last = owed();
      await last.load();
      expect(listed(last)).toContain('gone WORM--after');
      expect(last.all().length).toBe(model.size + 1);
    }),
    { numRuns: 20 },
  );
});

it('leave no file when all are paid', async () => {
  const { owed, path } = newPlace();
  const one = owed();
  const [key = keyOf('WORM--x')] = keys;
  await one.add({ key, node, why: 'damaged', sinceSeconds: 1 });
  expect(readFileSync(path, 'utf8')).toContain('"damaged"');
  await one.pay({ key, node });
  expect(existsSync(path)).toBe(false);
});

it('that were written by half are passed over', async () => {
  const { owed, path } = newPlace();
  const one = owed();
  for (const key of keys) await one.add({ key, node, why: 'damaged', sinceSeconds: 1 });
  truncateSync(path, readFileSync(path).length - 5);
  const next = owed();
  await next.load();
  expect(next.all().length).toBe(2);
});
