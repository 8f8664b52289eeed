import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  AnnexBranch,
  branchRef,
  GitConfig,
  initializeBare,
  readUnhonoured,
  Repository,
} from '../../src/repository/index.ts';
import { imaginaryUuid } from '../support/branch.ts';
import { ImaginedGit } from '../support/imagined-git.ts';
import { temporaryDirectory } from '../support/objects.ts';

const uuid = imaginaryUuid(1);

/** A repository of which the git of this machine knows nothing. */
async function initialized(): Promise<ImaginedGit> {
  const git = new ImaginedGit(join(temporaryDirectory(), 'a.git'));
  const { directory, system } = git;
  expect(await initializeBare(directory, { uuid, description: 'here', system })).toBe(uuid);
  return git;
}

it('a repository is made an annex without a git, and only once', async () => {
  const { directory, system, values, commits } = await initialized();
  const again = { uuid: imaginaryUuid(2), description: 'there', system };

  expect(Object.fromEntries(values)).toEqual({ 'annex.uuid': [uuid], 'annex.version': ['10'] });
  expect(await initializeBare(directory, again)).toBe(uuid);
  const [log = ''] = commits.commits.get(commits.tips.get(branchRef) ?? '')?.files.values() ?? [];
  expect(log).toContain(`${uuid} here`);
});

it('an annex is opened, written and asked without a git', async () => {
  const { directory, system, attributes } = await initialized();
  const copies = { numcopies: 3, mincopies: 2 };
  attributes.set('a.file', copies);
  const repository = await Repository.open(directory, { system });
  const { branch, configWatch } = repository;

  expect(repository).toMatchObject({ uuid, isBare: true, gitDirectory: directory });
  const version = await configWatch.current();
  await system.configurations.set(directory, { name: 'annex.trashbin', value: 'trash' });
  expect(await configWatch.current()).toBe(version + 1);
  expect(repository.config.get('annex.trashbin')).toBe('trash');
  const found = await readUnhonoured(directory, system);
  expect(found.map(({ name }) => name)).toEqual(['annex.trashbin']);
  expect(await branch.attributeCopiesOf('a.file')).toBe(copies);
  await branch.change([{ path: 'uuid.log', edit: (log) => `${log}more\n` }]);
  await branch.flush();
  await repository.close();
});

it('a branch is opened alone, by what is said of its repository', async () => {
  const { directory, system, commits } = await initialized();
  const branch = await AnnexBranch.open(directory, { system });

  expect(branch.gitDirectory).toBe(directory);
  expect(await branch.tip()).toBe(commits.tips.get(branchRef));
  await branch.close();
  const config = await GitConfig.read(directory, system.configurations);
  expect(config.get('annex.uuid')).toBe(uuid);
});
