import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { serializeKey } from '../../../src/key/index.ts';
import { setPreferredContent, stampOf } from '../../../src/repository/index.ts';
import { uuidOf, withBranch } from '../../support/branch.ts';
import { newContent, put } from '../annex-requests.ts';
import { contentPath, demoForTests, holders, repositoryOf } from '../served-demo.ts';

it('a copy that is rotten is not passed on, and the next one is', async () => {
  const demo = await demoForTests();
  const node3 = uuidOf(demo.uuids.node3);
  await withBranch(repositoryOf(demo.directory, 'gateway'), (branch) =>
    branch.change([
      {
        path: 'preferred-content.log',
        edit: (text) =>
          setPreferredContent(text, { subject: node3, value: 'nothing', now: stampOf(Date.now()) }),
      },
    ]),
  );
  const { content, key } = newContent();
  for (const node of ['node1', 'node3'] as const) await put(demo, node, key, content);
  const path = contentPath(repositoryOf(demo.directory, 'node1'), key);
  chmodSync(path, 0o644);
  writeFileSync(path, Buffer.alloc(content.length));

  const report = await demo.gateway.repair.walk({
    isDry: false,
    keys: new Set([serializeKey(key)]),
    rebalance: false,
    bytesPerS: undefined,
    jobs: 1,
    signal: new AbortController().signal,
  });

  expect(report.gets.contents).toBe(1);
  expect(holders(demo, key)).toContain('node2');
  const made = contentPath(repositoryOf(demo.directory, 'node2'), key);
  expect(readFileSync(made).equals(content)).toBe(true);
  expect(demo.warnings.join('\n')).toContain('node1 gave a copy that nobody could store of');
});
