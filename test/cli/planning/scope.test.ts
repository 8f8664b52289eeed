import { describe, expect, test } from 'vitest';
import type { ImportedAnnex } from '../../support/imported-annex.ts';
import { moves, toldOf } from './told.ts';

const note = 'SHA256E-s1--note.txt';

describe('a plan is of', () => {
  const annex: ImportedAnnex = {
    repositories: {
      here: {},
      node1: { wanted: 'anything' },
      node2: { wanted: 'anything' },
      usb: { wanted: 'anything' },
      lost: { wanted: 'anything', trust: 'dead' },
    },
    clusters: { one: ['node1'], two: ['node1', 'node2', 'lost'] },
    contents: [{ key: note, files: ['n'], at: ['here'] }],
  };
  const to = (name: string): string => `get n to ${name} from here`;

  test('all clusters and all other repositories', async () => {
    expect(moves(await toldOf(annex))).toEqual([to('node1'), to('node2'), to('usb')]);
  });

  test.each([
    [{ cluster: ['one'] }, ['node1']],
    [{ cluster: ['one', 'two'] }, ['node1', 'node2']],
    [{ repository: ['usb'] }, ['usb']],
    [{ repository: ['node2', 'node2'] }, ['node2']],
    [{ cluster: ['one'], repository: ['usb'] }, ['node1', 'usb']],
    [{ cluster: ['two'], each: true }, ['node1', 'node2']],
    [{ repository: ['lost'] }, []],
  ])('what %j names', async (question, names) => {
    expect(moves(await toldOf(annex, question))).toEqual(names.map(to));
  });

  test.each([
    [{ cluster: ['three'] }, 'there is no cluster named three: there are one, two.'],
    [{ repository: ['three'] }, 'there is no available git remote named "three".'],
    [{ repository: ['two'] }, 'two is a cluster; name it with --cluster.'],
  ])('nothing that %j names wrongly', async (question, message) => {
    await expect(toldOf(annex, question)).rejects.toThrow(message);
  });

  test('no cluster where there is none', async () => {
    const { clusters: _, ...alone } = annex;

    await expect(toldOf(alone, { cluster: ['one'] })).rejects.toThrow('there is none.');
    expect(moves(await toldOf(alone))).toEqual([to('node1'), to('node2'), to('usb')]);
  });

  test('a bare repository as well', async () => {
    expect(moves(await toldOf({ ...annex, isBare: true }))).toHaveLength(3);
  });

  test('those that say they are dead, whose copies neither come nor go', async () => {
    const { lines, notes } = await toldOf(
      { ...annex, contents: [{ key: note, files: ['n'], at: ['here', 'lost'] }] },
      { repository: ['lost'], whatIf: ['wanted lost nothing'] },
    );

    expect(lines).toEqual(['1 content: nothing is to be moved']);
    expect(notes).toEqual(['lost is dead, and is left as it is']);
  });

  test('each by itself: a copy comes from who has it now, and nothing else is counted', async () => {
    const counting: ImportedAnnex = {
      repositories: {
        a: { wanted: 'nothing' },
        b: { wanted: 'not copies=2' },
        c: { wanted: 'not copies=2' },
      },
      contents: [{ key: note, files: ['n'], at: ['a'] }],
    };

    expect(moves(await toldOf(counting, { each: true }))).toEqual([
      'get n to b from a',
      'get n to c from a',
    ]);
    expect(moves(await toldOf(counting))).toEqual([
      'drop n from a',
      'get n to b from a',
      'get n to c from b',
    ]);
  });
});
