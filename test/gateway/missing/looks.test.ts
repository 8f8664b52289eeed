import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MissingCopies } from '../../../src/gateway/missing/index.ts';
import { MissingFile } from '../../../src/gateway/missing/missing-file.ts';
import { Notices, noticeText } from '../../../src/gateway/notices/notices.ts';
import { ownDisk } from '../../../src/repository/index.ts';
import { uuidOf } from '../../support/branch.ts';
import { keyOf } from '../../support/objects.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';
import { until } from '../annex-requests.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const node = uuidOf('11111111-1111-4111-8111-111111111111');
const other = uuidOf('22222222-2222-4222-8222-222222222222');
const cluster = uuidOf('acaaaaaa-1111-8111-8111-111111111111');

it('a first look that fails is told of and made again, till one succeeds', async () => {
  const gitDirectory = temporaryDirectory();
  mkdirSync(join(gitDirectory, 'annex'));
  const key = keyOf('WORM--a');
  const copy = { key, cluster, node, sinceSeconds: 1_700_000_000, why: 'full' } as const;
  await new MissingFile(gitDirectory, undefined, ownDisk).append([copy], () => undefined);

  const warnings: string[] = [];
  const notices = new Notices((message) => void warnings.push(message));
  let claims = 0;
  const clock = new SimulatedClock();
  const missing = new MissingCopies({
    clock,
    gitDirectory,
    disk: ownDisk,
    sharedRepository: undefined,
    locations: () => Promise.resolve([other]),
    clusters: () =>
      Promise.resolve({
        clusterNodes: new Map([[cluster, [node, other]]]),
        proxied: new Map([[node, 'node1']]),
      }),
    claim: () => {
      claims += 1;
      if (claims < 3) return Promise.reject(new Error('somebody else places uploads'));
      return Promise.resolve(() => undefined);
    },
    notices,
    warn: (message) => void warnings.push(message),
  });
  const failed = 'the list of missing copies cannot be looked through; that is tried again';

  await missing.look();
  expect(missing.counts.size).toBe(0);
  expect(notices.all().map(noticeText)).toEqual([failed]);

  await clock.pass(999);
  expect([claims, clock.timers]).toEqual([1, 1]);
  await clock.pass(1);
  await until(() => claims === 2 && clock.timers === 1, 'a second look');
  await clock.pass(1999);
  expect([claims, clock.timers]).toEqual([2, 1]);
  await clock.pass(1);
  await until(() => missing.counts.size > 0, 'a look that succeeds');
  expect([...missing.counts]).toEqual([['node1', 1]]);
  expect(claims).toBe(3);
  expect(notices.all().map(({ subject }) => subject)).toEqual(['missing on node1']);
  expect(warnings.slice(0, 2)).toEqual([failed, `over: ${failed}`]);
  await missing.close();
});
