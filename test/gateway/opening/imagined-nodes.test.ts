import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Gateway } from '../../../src/gateway/gateway.ts';
import type { Nodes } from '../../../src/gateway/nodes/node-pool-options.ts';
import { serializeKey } from '../../../src/key/index.ts';
import {
  createRepository,
  RecordLocks,
  setProxy,
  stampOf,
  thisMachine,
} from '../../../src/repository/index.ts';
import { streamOf } from '../../../src/stream/index.ts';
import { MemoryNode } from '../../nodes/memory-node.ts';
import { imaginaryUuid } from '../../support/branch.ts';
import { git } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/objects.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';
import { newContent } from '../annex-requests.ts';

it('a gateway runs in imagined time, with nodes that are nowhere', async () => {
  const [own, uuid] = [imaginaryUuid(1), imaginaryUuid(2)];
  const clock = new SimulatedClock();
  const directory = join(temporaryDirectory(), 'gateway.git');
  const remotes = [{ uuid, name: 'far' }];
  const text = setProxy('', { gateway: own, remotes, now: stampOf(clock.wallMs()) });
  await createRepository(directory, { uuid: own, branch: [{ path: 'proxy.log', text }] });
  for (const [name, value] of [
    ['url', 'nowhere:/'],
    ['annex-uuid', uuid],
    ['annex-proxy', 'true'],
  ] as const) {
    git(directory, 'config', `remote.far.${name}`, value);
  }
  const far = new MemoryNode({ uuid, name: 'far' });
  const warnings: string[] = [];
  const nodes = (): Nodes => ({
    node: () => Promise.resolve(far),
    opened: () => Promise.resolve([]),
    tellSettings: () => Promise.resolve(),
    close: () => Promise.resolve([]),
  });
  const system = { ...thisMachine, clock, locks: new RecordLocks(clock) };
  const warn = (message: string): void => void warnings.push(message);
  const gateway = await clock.ended(Gateway.open(directory, { system, nodes, warn }));
  const { content, key } = newContent(1000);
  const store = await clock.ended(gateway.store(uuid));

  const put = store?.put({
    key,
    associatedFile: undefined,
    offsetBytes: 0,
    lengthBytes: content.length,
    body: streamOf(content),
    signal: new AbortController().signal,
  });
  expect(await clock.ended(put ?? Promise.reject(new Error('none')))).toHaveProperty(
    'isStored',
    true,
  );

  expect(far.contents.get(serializeKey(key))).toEqual(content);
  await clock.pass(600);
  await clock.ended(gateway.close());
  const committed = git(directory, 'log', '-1', '--format=%ct', 'git-annex').trim();
  expect(Math.floor(Number(committed) / 100)).toBe(18_000_000);
  expect(warnings).toEqual([]);
});
