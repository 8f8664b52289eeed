import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { serializeKey } from '../../../src/key/index.ts';
import { setPreferredContent, stampOf } from '../../../src/repository/index.ts';
import { uuidOf, withBranch } from '../../support/branch.ts';
import { newContent, put } from '../annex-requests.ts';
import {
  contentPath,
  demoForTests,
  holders,
  logged,
  nodeNames,
  repositoryOf,
} from '../served-demo.ts';

it('a drop finds that another copy has vanished, logs that, and has it made anew first', async () => {
  const demo = await demoForTests();
  const wants = { node1: 'anything', node2: 'anything', node3: 'nothing' };
  await withBranch(repositoryOf(demo.directory, 'gateway'), (branch) =>
    branch.change([
      {
        path: 'preferred-content.log',
        edit: (text) =>
          nodeNames.reduce((log, node) => {
            const subject = uuidOf(demo.uuids[node]);
            return setPreferredContent(log, {
              subject,
              value: wants[node],
              now: stampOf(Date.now()),
            });
          }, text),
      },
    ]),
  );
  const keys = [];
  for (const vanished of ['node1', 'node2'] as const) {
    const { content, key } = newContent();
    for (const node of nodeNames) await put(demo, node, key, content);
    rmSync(contentPath(repositoryOf(demo.directory, vanished), key), { force: true });
    expect(holders(demo, key)).toHaveLength(2);
    keys.push(key);
  }

  const report = await demo.gateway.repair.walk({
    isDry: false,
    keys: new Set(keys.map((key) => serializeKey(key))),
    rebalance: false,
    bytesPerS: undefined,
    jobs: 1,
    signal: new AbortController().signal,
  });

  expect(report.contents).toBeGreaterThanOrEqual(keys.length);
  for (const key of keys) {
    // What is logged and not there would be the second one.
    expect(holders(demo, key)).toEqual(['node1', 'node2']);
    expect(logged(demo, key)).toEqual(['node1', 'node2']);
  }
});
