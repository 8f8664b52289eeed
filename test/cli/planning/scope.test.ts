import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { git } from '../../support/git-annex.ts';
import { importedAnnex, type ImportedAnnex } from '../../support/imported-annex.ts';
import { moves, told, toldOf } from './told.ts';

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
        here: { wanted: 'not copies=2' },
        a: { wanted: 'nothing' },
        b: { wanted: 'not copies=2' },
      },
      contents: [{ key: note, files: ['n'], at: ['a'] }],
    };

    expect(moves(await toldOf(counting, { each: true }))).toEqual([
      'get n to b from a',
      'get n to here from a',
    ]);
    // After the first get there are two copies; then one goes, and the nearest other one is here.
    expect(moves(await toldOf(counting))).toEqual([
      'drop n from a',
      'get n to b from here',
      'get n to here from a',
    ]);
  });

  test('copies that come from the nearest who is alive', async () => {
    const annex = importedAnnex({
      repositories: {
        here: { wanted: 'include=*' },
        dead: { trust: 'dead' },
        far: {},
        near: {},
      },
      contents: [{ key: note, files: ['n'], at: ['dead', 'far', 'near'] }],
    });
    const config = (name: string, value: string): void =>
      void git(annex.directory, 'config', name, value);
    expect(moves(await told(annex.directory))).toEqual(['get n to here from far']);

    for (const name of ['far', 'near']) config(`remote.${name}.annex-uuid`, annex.uuidOf(name));
    config('remote.far.url', 'ssh://example.org/far');
    config('remote.near.url', '/mnt/near');
    expect(moves(await told(annex.directory))).toEqual(['get n to here from near']);

    config('remote.near.annex-cost', '201');
    expect(moves(await told(annex.directory))).toEqual(['get n to here from far']);
  });

  test('what gateways call by other names, this one before others', async () => {
    const annex = importedAnnex({
      repositories: { here: {}, node: { wanted: 'anything' }, gateway: {} },
      clusters: { c: ['node'] },
      contents: [{ key: note, files: ['n'], at: ['here'] }],
    });
    const line = (gateway: string, name: string): string =>
      `1700000000s ${annex.uuidOf(gateway)} ${annex.uuidOf('node')}:${name} ${annex.uuidOf('c')}:our${name}\n`;
    const text = line('here', 'mine') + line('gateway', 'theirs');
    writeFileSync(join(annex.directory, '.git', 'annex', 'journal', 'proxy.log'), text);

    expect(moves(await told(annex.directory, { cluster: ['ourmine'] }))).toEqual([
      'get n to mine from here',
    ]);
  });

  test('nodes without an expression, which get all; and copies that are here come from here', async () => {
    const { lines, notes } = await toldOf({
      repositories: { here: {}, away: {}, node: {} },
      clusters: { c: ['node'] },
      contents: [{ key: note, files: ['n'], at: ['away', 'here'] }],
    });

    expect(moves({ lines })).toEqual(['get n to node from here']);
    expect(notes.join()).not.toContain('node');
  });
});
