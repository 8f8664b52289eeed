import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { OpenAnnex } from '../../src/annex/index.ts';
import { annexRepository, imaginaryUuid, withBranch } from '../support/branch.ts';

it('copies at a special remote count by the settings that were approved, else by those of the branch', async () => {
  const directory = annexRepository();
  const [changed, unknown] = [imaginaryUuid(1), imaginaryUuid(2)];
  const plain = 'encryption=none name=d type=directory';
  const exported = `exporttree=yes ${plain}`;
  const line = (uuid: string, settings: string): string => `${uuid} ${settings} timestamp=1s\n`;
  await withBranch(directory, async (branch) => {
    const edit = (): string => line(changed, plain) + line(unknown, exported);
    await branch.change([{ path: 'remote.log', edit }]);
  });
  const trusts = async (): Promise<readonly (string | undefined)[]> => {
    const annex = await OpenAnnex.open(directory);
    try {
      const { repositories } = await annex.configuration();
      return [changed, unknown].map((uuid) => repositories.get(uuid)?.trust);
    } finally {
      await annex.close();
    }
  };
  expect(await trusts()).toEqual(['semitrusted', 'untrusted']);

  const annexDirectory = join(directory, '.git', 'annex');
  mkdirSync(annexDirectory, { recursive: true });
  writeFileSync(join(annexDirectory, 'verified-remote.log'), line(changed, exported));
  expect(await trusts()).toEqual(['untrusted', 'untrusted']);

  const both = line(changed, plain) + line(unknown, plain);
  writeFileSync(join(annexDirectory, 'verified-remote.log'), both);
  expect(await trusts()).toEqual(['semitrusted', 'semitrusted']);
});
