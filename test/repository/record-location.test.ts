import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import {
  locationLogPath,
  recordLocation,
  thisMachine,
  type LocationChange,
} from '../../src/repository/index.ts';
import { imaginaryUuid, withBranch } from '../support/branch.ts';
import { git } from '../support/git-annex.ts';
import { keyOf } from '../support/objects.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const repository = imaginaryUuid(1);
const directory = join(temporaryDirectory(), 'bare');
beforeAll(() => git('.', 'init', '-q', '--bare', directory));

/** Writes changes of a key one after the other. @returns the log after each, without stamps. */
async function logsAfter(
  keyText: string,
  ...changes: readonly Omit<LocationChange, 'key' | 'repository'>[]
): Promise<readonly (string | undefined)[]> {
  const key = keyOf(keyText);
  return await withBranch(directory, async (branch) => {
    const logs = [];
    for (const change of changes) {
      await recordLocation({ branch, system: thisMachine }, { key, repository, ...change });
      logs.push((await branch.read(locationLogPath(key)))?.replace(/^\S+ /gm, ''));
    }
    return logs;
  });
}

const [present, absent] = [`1 ${repository}\n`, `0 ${repository}\n`];
const [stored, removed] = [{ isPresent: true }, { isPresent: false }];
const [found, missed] = [
  { isPresent: true, isCorrection: true },
  { isPresent: false, isCorrection: true },
];

it('an absence that was found is told only where the log has a presence, one that was made always', async () => {
  expect(await logsAfter('WORM-s3--found', missed, found, missed, stored)).toEqual([
    undefined,
    present,
    absent,
    present,
  ]);
  expect(await logsAfter('WORM-s3--made', removed)).toEqual([absent]);
});

it('of a key that can have no log nothing is told, and that it was stored is refused', async () => {
  const long = `WORM-s3--${'x'.repeat(250)}`;
  expect(await logsAfter(long, removed, missed, found)).toEqual([undefined, undefined, undefined]);
  await expect(logsAfter(long, stored)).rejects.toThrow('name too long');
});
