import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { locationLogPath, presentIn } from '../../src/repository/index.ts';
import { annexRepository, imaginaryUuid, withBranch } from '../support/branch.ts';
import { git } from '../support/git-annex.ts';
import { keyOf } from '../support/objects.ts';
import { talk } from '../support/process.ts';
import { isLong } from '../support/long.ts';

const worker = fileURLToPath(new URL('../support/branch-worker.ts', import.meta.url));
const one = imaginaryUuid(1);

/**
 * Lets a writer run until that many changes were acknowledged, kills it, and gives their numbers.
 */
async function acknowledgedUntilKilled(
  directory: string,
  writer: { readonly prefix: string; readonly changes: number },
): Promise<string[]> {
  const { prefix, changes } = writer;
  const talker = talk(process.execPath, '--no-warnings', worker, directory, prefix, one);
  const acknowledged: string[] = [];
  for (let line = await talker.line(); line !== undefined; line = await talker.line()) {
    acknowledged.push(line);
    if (acknowledged.length >= changes) break;
  }
  await talker.kill();
  for (let line = await talker.line(); line !== undefined; line = await talker.line()) {
    acknowledged.push(line);
  }
  return acknowledged;
}

/** After how many changes. */
const kills = isLong ? [3, 40, 150, 77, 260, 11] : [3, 40, 150, 11];

test('a writer that is killed again and again in the middle of commits loses no acknowledged change', async () => {
  const directory = annexRepository();
  const expected: string[] = [];
  for (const [round, changes] of kills.entries()) {
    const prefix = `r${round}x`;
    const numbers = await acknowledgedUntilKilled(directory, { prefix, changes });
    expected.push(...numbers.map((number) => `WORM-s1--${prefix}${number}`));
  }

  await withBranch(directory, async (branch) => {
    const lost = async (): Promise<string[]> => {
      const missing: string[] = [];
      for (const keyText of expected) {
        const text = (await branch.read(locationLogPath(keyOf(keyText)))) ?? '';
        if (!presentIn(text).includes(one)) missing.push(keyText);
      }
      return missing;
    };
    expect(await lost()).toEqual([]);
    await branch.flush();
    expect(await lost()).toEqual([]);
    expect(await branch.journalPaths()).toEqual([]);
  });
  expect(git(directory, 'fsck', '--no-dangling')).toBe('');
});
