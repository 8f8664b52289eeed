import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import {
  locationLogPath,
  parseGroupLog,
  parseGroupPreferredContentLog,
  parseMaxsizeLog,
  parseNumcopiesLog,
  parsePreferredContentLog,
  presentIn,
  setGroups,
  setGroupPreferredContent,
  setMaxsize,
  setNumcopies,
  setPreferredContent,
  setPresence,
  stampOf,
  unionMerge,
  type AnnexBranch,
} from '../../src/repository/index.ts';
import { annexRepository, imaginaryUuid, whereis, withBranch } from '../support/branch.ts';
import { git, gitEnvironment, hasGitAnnex } from '../support/git-annex.ts';
import { keyOf } from '../support/objects.ts';

const [one, two] = [imaginaryUuid(1), imaginaryUuid(2)];
const key = 'A-s1--a';
const path = locationLogPath(keyOf(key));
const long = '9'.repeat(81);

/** Puts files in place of those of the branch, committed. */
async function replace(
  branch: AnnexBranch,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  await branch.change(
    Object.entries(files).map(([path, text]) => ({ path, edit: (): string => text })),
  );
  await branch.flush();
}

describe.skipIf(!hasGitAnnex)('beside git-annex', () => {
  test('reads logs whose lines end with CR, CR LF or LF CR as git-annex reads them', async () => {
    const directory = annexRepository();
    const files = {
      'uuid.log': `${one} first timestamp=5s\r${two} second timestamp=5s\r\n`,
      'numcopies.log': '5s 3\r6s 4\r\n4s 7\n\r',
      'group.log': `${one} x timestamp=5s\r${two} b a\tc timestamp=5s\r\n`,
      'preferred-content.log': `${one} include=*.mp3\r\n${two} include=*.ogg timestamp=5s\r`,
      'group-preferred-content.log': `5s d include=x\n\r5s b include=y\r\n`,
      'maxsize.log': `5s ${one} 100\r5s ${two} 200\r\n`,
      [path]: `5s 1 ${one}\r4s 0 ${one}\n\r5s 1 ${two}\r\n`,
    };
    await withBranch(directory, (branch) => replace(branch, files));
    const annex = (...words: string[]): string => git(directory, 'annex', ...words).trim();

    expect(annex('numcopies')).toBe(`${parseNumcopiesLog(files['numcopies.log'])}`);
    const expression = parsePreferredContentLog(files['preferred-content.log']).get(two);
    expect(annex('wanted', two)).toBe(expression);
    expect(annex('group', two)).toBe(parseGroupLog(files['group.log']).get(two)?.join(' '));
    const groupwanted = parseGroupPreferredContentLog(files['group-preferred-content.log']);
    expect(annex('groupwanted', 'b')).toBe(groupwanted.get('b'));
    expect(annex('maxsize', two)).toBe(`${parseMaxsizeLog(files['maxsize.log']).get(two)}.0 B`);
    expect(whereis(directory, key)).toEqual(presentIn(files[path] ?? ''));
    expect(presentIn(files[path] ?? '')).toEqual([one, two]);
  });

  test('git-annex reads what is written over lines that outlive the clock, and over any rubbish', async () => {
    const directory = annexRepository();
    const now = stampOf(Date.now());
    await withBranch(directory, async (branch) => {
      await replace(branch, {
        'uuid.log': `${one} first timestamp=${long}s\r${two} second\r\n`,
        [path]: `${long}s 0 ${one}\r\n${long}.5s 1 ${two}\rrub\xffbish\r\n\n`,
        'numcopies.log': `${long}s 7\r`,
        'group.log': `${one} b timestamp=${long}s\r\nx`,
        'preferred-content.log': `${one} nothing timestamp=${long}.25s\r`,
        'group-preferred-content.log': `${long}s b nothing\r\n`,
        'maxsize.log': `${long}s ${one} 100\r`,
      });
      await branch.change([
        { path, edit: (old) => setPresence(old, { uuid: one, isPresent: true, now }) },
        { path: 'numcopies.log', edit: (old) => setNumcopies(old, { copies: 2, now }) },
        { path: 'group.log', edit: (old) => setGroups(old, { uuid: one, groups: ['a'], now }) },
        {
          path: 'preferred-content.log',
          edit: (old) => setPreferredContent(old, { subject: one, value: 'anything', now }),
        },
        {
          path: 'group-preferred-content.log',
          edit: (old) => setGroupPreferredContent(old, { subject: 'b', value: 'anything', now }),
        },
        {
          path: 'maxsize.log',
          edit: (old) => setMaxsize(old, { uuid: one, maxsizeBytes: 300n, now }),
        },
      ]);
      await branch.flush();
      expect(presentIn((await branch.read(path)) ?? '')).toEqual([one, two]);
    });
    const annex = (...words: string[]): string => git(directory, 'annex', ...words).trim();

    expect(whereis(directory, key)).toEqual([one, two]);
    expect(annex('numcopies')).toBe('2');
    expect(annex('group', one)).toBe('a');
    expect(annex('wanted', one)).toBe('anything');
    expect(annex('groupwanted', 'b')).toBe('anything');
    expect(annex('maxsize', one)).toBe('300.0 B');
    // And the line of git-annex that replaces ours is read here.
    annex('setpresentkey', key, one, '0');
    await withBranch(directory, async (branch) => {
      expect(presentIn((await branch.read(path)) ?? '')).toEqual([two]);
    });
  });

  test('a union merge takes lines apart at LF alone, as that of git-annex does', async () => {
    const directory = annexRepository();
    const [ours, theirs] = ['b\r\na\nx\ry\n', 'c\r\na\na\r\nx\r\n'];
    await withBranch(directory, (branch) => replace(branch, { 'zz.log': ours }));
    const commit =
      'commit refs/remotes/other/git-annex\ncommitter x <x@x> 1 +0000\ndata 1\nx\n' +
      'from refs/heads/git-annex~1\n';
    const file = `M 644 inline zz.log\ndata ${theirs.length}\n${theirs}\n`;
    execFileSync('git', ['-C', directory, 'fast-import', '--quiet'], {
      env: gitEnvironment,
      input: commit + file,
    });
    git(directory, 'annex', 'merge');

    expect(git(directory, 'cat-file', 'blob', 'git-annex:zz.log')).toBe(unionMerge(ours, theirs));
  });
});
