import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { Gateway } from '../../../src/gateway/gateway.ts';
import { RefWatch } from '../../../src/gateway/line/ref-watch.ts';
import { DirectoryIndex } from '../../../src/gateway/repositories/directory-index.ts';
import { branchRef, initializeBare } from '../../../src/repository/index.ts';
import { imaginaryUuid } from '../../support/branch.ts';
import { ImaginedGit } from '../../support/imagined-git.ts';
import { temporaryDirectory } from '../../support/objects.ts';

const uuid = imaginaryUuid(1);
const left = 'refs/ballast/pushed/killed/0';

it('a gateway is found, opened, pushed to and watched without a git', async () => {
  const git = new ImaginedGit(join(temporaryDirectory(), 'a.git'));
  const { directory, system, commits } = git;
  await initializeBare(directory, { uuid, description: 'here', system });
  await system.configurations.set(directory, { name: 'remote.far.annex-proxy', value: 'true' });
  await commits.point(left, commits.tips.get(branchRef) ?? '');
  mkdirSync(join(directory, 'objects'));
  writeFileSync(join(directory, 'HEAD'), '');
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);

  const index = new DirectoryIndex([dirname(directory)], { warn, system });
  await index.begin();
  expect(index.found.withUuid(uuid)).toMatchObject({ mayProxy: true });

  const gateway = await Gateway.open(directory, { system, warn });
  await gateway.assertReadable();
  expect(commits.tips.has(left)).toBe(false);
  const push = await gateway.push({ name: 'a stranger', mayOverrule: false });
  await push.close();

  const watch = new RefWatch(gateway);
  const changes = watch.changes(AbortSignal.timeout(60_000));
  await commits.point('refs/heads/new', '1'.repeat(40));
  writeFileSync(join(directory, 'touched'), '');
  expect(await changes).toEqual(['1'.repeat(40)]);
  watch.close();
  await gateway.close();
  expect(warnings).toEqual([]);
});
