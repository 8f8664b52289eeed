import { expect, it } from 'vitest';
import { NodePool } from '../../../src/gateway/nodes/node-pool.ts';
import { MachineDisks } from '../../../src/repository/files/machine-disks.ts';
import { systemCalls } from '../../../src/repository/files/system-calls.ts';
import { GitConfig, thisMachine } from '../../../src/repository/index.ts';
import { imaginaryUuid } from '../../support/branch.ts';
import { git } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

it('the settings of nodes are looked up on the disks that the nodes are opened on', async () => {
  const [directory, node] = [temporaryDirectory(), temporaryDirectory()];
  for (const place of [directory, node]) git('.', 'init', '-q', '--bare', place);
  git(directory, 'config', 'remote.node.annex-uuid', imaginaryUuid(9));
  git(directory, 'config', 'remote.node.url', node);
  const looked: string[] = [];
  const { aside } = systemCalls;
  const disks = new MachineDisks({
    calls: {
      ...systemCalls,
      aside: {
        ...aside,
        stat: (path) => {
          looked.push(String(path));
          return aside.stat(path);
        },
      },
    },
  });
  const pool = new NodePool({
    directory,
    system: { ...thisMachine, disks },
    answerMs: 30_000,
    lockRenewMs: 180_000,
    onProblem: () => undefined,
  });

  await pool.tellSettings(['node'], await GitConfig.read(directory, thisMachine.configurations));
  await pool.close();

  expect(looked).toContainEqual(expect.stringContaining(`${node}/hooks/`));
});

it('nodes that are known to hang are not waited for at the end, and are named', async () => {
  const directory = temporaryDirectory();
  git('.', 'init', '-q', '--bare', directory);
  git(directory, 'config', 'annex.uuid', imaginaryUuid(8));
  for (const [name, uuid] of [
    ['well', imaginaryUuid(1)],
    ['sick', imaginaryUuid(2)],
  ] as const) {
    git(directory, 'config', `remote.${name}.annex-uuid`, uuid);
    git(directory, 'config', `remote.${name}.annexUrl`, 'annex+http://localhost:1/git-annex/');
  }
  const pool = new NodePool({
    directory,
    system: thisMachine,
    answerMs: 30_000,
    lockRenewMs: 180_000,
    onProblem: () => undefined,
  });
  const config = await GitConfig.read(directory, thisMachine.configurations);
  for (const name of ['well', 'sick']) await pool.node(name, config);

  expect(await pool.close((node) => node === imaginaryUuid(2))).toEqual(['sick']);
});
