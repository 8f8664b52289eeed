import { expect, it } from 'vitest';
import { ApprovedRemotes } from '../../../src/gateway/topology/special-remotes.ts';
import { Approvals } from '../../../src/nodes/index.ts';
import { GitConfig, createRepository, thisMachine } from '../../../src/repository/index.ts';
import { git } from '../../support/git-annex.ts';
import { imaginaryUuid } from '../../support/branch.ts';
import { temporaryDirectory } from '../../support/objects.ts';

it('settings of the web that are pushed when there were none wait for approval', async () => {
  const web = '00000000-0000-0000-0000-000000000001';
  const directory = `${temporaryDirectory()}/gateway.git`;
  await createRepository(directory, { uuid: imaginaryUuid(1), branch: [] });
  git(directory, 'config', 'remote.web.annex-web', 'true');
  git(directory, 'config', 'remote.web.annex-uuid', web);
  const config = await GitConfig.read(directory, thisMachine.configurations);
  const disk = thisMachine.disks.at(directory);
  let log = '';
  const approved = new ApprovedRemotes(
    { read: () => Promise.resolve(log) },
    new Approvals({ gitDirectory: directory, disk, system: thisMachine }),
    (error) => {
      throw error;
    },
  );
  const before = await approved.read(['web'], config);
  expect(before.unapproved).toEqual([]);
  log = `${web} type=web urlexclude=* timestamp=9s\n`;
  const after = await approved.read(['web'], config);
  expect(after).toEqual({ ...before, unapproved: ['web'] });
  expect(after.specials.get('web')).toMatchObject({ kind: 'special' });
});
