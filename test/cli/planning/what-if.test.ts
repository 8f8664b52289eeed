import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ImportedAnnex } from '../../support/imported-annex.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { moves, toldOf } from './told.ts';

const key = 'SHA256E-s10--k';

/** All is at rest in it. */
const annex: ImportedAnnex = {
  repositories: {
    here: {},
    usb: { wanted: 'copies=shelf:1', groups: ['old'] },
    disk: { wanted: 'present' },
    shelf: { groups: ['shelf'] },
    picky: { wanted: 'groupwanted', groups: ['picky'] },
    tight: { wanted: 'anything', maxsizeBytes: 9 },
    extra: { wanted: 'present', required: 'nothing' },
    member: { wanted: 'fullybalanced=pair:1', groups: ['pair'], maxsizeBytes: 1000 },
    other: { wanted: 'fullybalanced=pair:1', groups: ['pair'], maxsizeBytes: 1000 },
  },
  groupwanted: { picky: 'nothing' },
  contents: [{ key, files: ['k'], at: ['here', 'disk', 'other'] }],
};

describe('what would be moved if', () => {
  test('nothing were edited', async () => {
    expect(moves(await toldOf(annex))).toEqual([]);
    expect(moves(await toldOf(annex, { whatIf: ['', '# nothing'] }))).toEqual([]);
  });

  test.each([
    [['wanted usb include=k'], ['get k to usb from here']],
    [['wanted disk nothing'], ['drop k from disk']],
    [['wanted disk nothing', 'wanted disk'], []],
    [['wanted disk nothing', 'wanted disk present'], []],
    [['required extra include=*'], ['get k to extra from here']],
    [['groupwanted picky anything'], ['get k to picky from here']],
    [['group here shelf'], ['get k to usb from here']],
    [['group here shelf', 'ungroup here shelf'], []],
    [['group here shelf', 'ungroup here old'], ['get k to usb from here']],
    [
      ['group picky shelf', 'groupwanted picky anything'],
      ['get k to picky from here', 'get k to usb from here'],
    ],
    [['maxsize tight 10B'], ['get k to tight from here']],
    [['wanted disk nothing', 'numcopies 3'], []],
    [['wanted disk nothing', 'numcopies 2'], ['drop k from disk']],
    [['wanted disk nothing', 'mincopies 3'], []],
    [['wanted disk nothing', 'numcopies 0', 'mincopies 0'], ['drop k from disk']],
    [['trustlevel tight dead', 'maxsize tight 1kb'], []],
    [['wanted disk nothing', 'trustlevel other untrusted', 'numcopies 2'], []],
  ])('%j', async (whatIf, expected) => {
    expect(moves(await toldOf(annex, { whatIf }))).toEqual(expected);
  });

  test('git-annex were run with --rebalance, by an option or by a command', async () => {
    const full: ImportedAnnex = {
      repositories: {
        here: {},
        one: { wanted: 'fullybalanced=all:2', groups: ['all'], maxsizeBytes: 100 },
        two: { wanted: 'fullybalanced=all:2', groups: ['all'], maxsizeBytes: 100 },
        new: { wanted: 'fullybalanced=all:2', groups: ['all'], maxsizeBytes: 1000 },
      },
      contents: [
        { key: 'SHA256E-s95--a', files: ['a'], at: ['here', 'one', 'two'] },
        { key: 'SHA256E-s96--b', files: ['b'], at: ['here', 'one', 'two'] },
      ],
    };
    const without = moves(await toldOf(full));

    const byOption = moves(await toldOf(full, { rebalance: true }));

    expect(byOption).not.toEqual(without);
    expect(moves(await toldOf(full, { whatIf: ['rebalance on'] }))).toEqual(byOption);
    expect(moves(await toldOf(full, { whatIf: ['rebalance on', 'rebalance off'] }))).toEqual(
      without,
    );
  });

  test('the edits of a file were made, and then those that are given', async () => {
    const file = join(temporaryDirectory(), 'edits.sim');
    writeFileSync(file, '# an edit\n\nwanted usb anything\nwanted disk nothing\n');

    expect(moves(await toldOf(annex, { whatIfFile: file }))).toEqual([
      'drop k from disk',
      'get k to usb from here',
    ]);
    expect(
      moves(await toldOf(annex, { whatIfFile: file, whatIf: ['wanted usb nothing'] })),
    ).toEqual(['drop k from disk']);
  });
});

describe('what would be moved is not told if', () => {
  test.each([
    [['wanted nobody anything'], /^--what-if:1: there is no repository nobody\.$/],
    [['group nobody x'], /there is no repository nobody/],
    [
      ['add k 10b here'],
      /^--what-if:1: add changes no setting; take one of wanted, .*rebalance\.$/,
    ],
    [['wnated usb anything'], /^--what-if: BS\d+ at line 1, column 1: /],
    [['numcopies'], /^--what-if: BS\d+ at line 1, column 10: /],
    [
      ['wanted usb include=k and copies=x'],
      /^--what-if:1: that is no expression\.\nBX105 at line 1, column 22: .*\n {2}include=k and copies=x\n {23}\^/,
    ],
    [['required usb nots'], /that is no expression\.\nBX\d+ at line 1, column 1/],
    [['groupwanted picky nots'], /that is no expression\.\nBX\d+ at line 1, column 1/],
  ])('%j is what was asked', async (whatIf, message) => {
    await expect(toldOf(annex, { whatIf })).rejects.toThrow(message);
  });

  test('a line of the file is wrong, which is named', async () => {
    const file = join(temporaryDirectory(), 'edits.sim');
    writeFileSync(file, 'wanted usb anything\nwanted nobody nothing\n');

    await expect(toldOf(annex, { whatIfFile: file })).rejects.toThrow(
      `${file}:2: there is no repository nobody.`,
    );
    await expect(toldOf(annex, { whatIfFile: `${file}.not` })).rejects.toThrow('does not exist');
  });

  test('an expression could not be evaluated here, though git-annex could', async () => {
    await expect(
      toldOf(annex, { whatIf: [`wanted usb ${'not '.repeat(600)}anything`] }),
    ).rejects.toThrow('BX102');
  });
});
