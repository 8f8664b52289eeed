import { describe, expect, test } from 'vitest';
import { importedAnnex, type ImportedAnnex } from '../../support/imported-annex.ts';
import { moves, objectsIn, told, toldOf } from './told.ts';

const big = 'SHA256E-s2000000--big.iso';
const song = 'SHA256E-s10--song.mp3';
const note = 'SHA256E-s1--note.txt';

/** A laptop with all files, and a cluster of two nodes, one of which wants songs alone. */
const shelf: ImportedAnnex = {
  repositories: {
    laptop: {},
    node1: { wanted: 'include=*.mp3' },
    node2: { wanted: 'largerthan=1mb' },
  },
  clusters: { mycluster: ['node1', 'node2'] },
  contents: [
    { key: song, files: ['song.mp3'], at: ['laptop'] },
    { key: big, files: ['big.iso'], at: ['laptop', 'node1'] },
    { key: note, files: ['note.txt'], at: ['laptop'] },
  ],
};

describe('a plan tells', () => {
  test('each copy that is to come and to go, and what that comes to', async () => {
    const { lines, notes } = await toldOf(shelf);

    expect(lines.slice(0, 3).toSorted()).toEqual([
      'drop big.iso from node1',
      'get big.iso to node2 from laptop',
      'get song.mp3 to node1 from laptop',
    ]);
    expect(lines.slice(3).toSorted()).toEqual([
      '3 contents: 3 moves',
      'node1 drops 1 content, 2,000,000 bytes',
      'node1 gets 1 content, 10 bytes from laptop',
      'node2 gets 1 content, 2,000,000 bytes from laptop',
    ]);
    expect(notes).toEqual(['laptop has no expression, and is left as it is']);
  });

  test('that nothing is to be moved', async () => {
    const { lines } = await toldOf({ ...shelf, contents: [] });

    expect(lines).toEqual(['0 contents: nothing is to be moved']);
  });

  test('only what it comes to, for a summary', async () => {
    expect(moves(await toldOf(shelf, { summary: true }))).toEqual([]);
  });

  test('lines of JSON: a move each, and what all come to', async () => {
    const annex = importedAnnex({ ...shelf, contents: shelf.contents.slice(0, 1) });

    const objects = objectsIn(await told(annex.directory, { json: true }));

    expect(objects).toEqual([
      {
        move: 'get',
        key: song,
        files: ['song.mp3'],
        bytes: 10,
        repository: annex.uuidOf('node1'),
        name: 'node1',
        from: annex.uuidOf('laptop'),
      },
      {
        contents: 1,
        moves: 1,
        cycles: 0,
        totals: [
          {
            move: 'get',
            repository: annex.uuidOf('node1'),
            name: 'node1',
            from: annex.uuidOf('laptop'),
            contents: 1,
            bytes: 10,
          },
        ],
      },
    ]);
  });

  test('why, term by term, for each file, and what has to stay', async () => {
    const annex = {
      ...shelf,
      contents: [
        { key: song, files: ['song.mp3', 'again.mp3'], at: ['laptop'] },
        { key: note, files: ['note.txt'], at: ['node1'] },
      ],
    };

    const { lines } = await toldOf(annex, { why: true });

    const text = lines.join('\n');
    expect(text).toMatch(/^get again\.mp3 to node1 from laptop\n {4}\S.*include=\*\.mp3/ms);
    expect(text.match(/^ {4}.*include=\*\.mp3/gm)?.length).toBeGreaterThanOrEqual(2);
    expect(lines).toContain(
      'keep note.txt on node1, which does not want it: ' +
        'numcopies is 1, none is elsewhere; mincopies is 1, none is elsewhere',
    );
    expect(lines).toContain('node1 does not want, and must keep, 1 content, 1 byte');
    expect(moves(await toldOf(annex)).join()).not.toContain('note');
  });

  test('why in JSON too, and why a copy has to stay', async () => {
    const annex = { ...shelf, contents: [{ key: note, files: ['note.txt'], at: ['node1'] }] };
    const [kept] = objectsIn(await toldOf(annex, { json: true }));
    const [get] = objectsIn(
      await toldOf({ ...shelf, contents: shelf.contents.slice(0, 1) }, { json: true, why: true }),
    );

    expect(kept).toMatchObject({
      move: 'keep',
      name: 'node1',
      refusals: [
        { kind: 'numcopies', needed: 1, counted: [], unproved: [] },
        { kind: 'mincopies' },
      ],
    });
    expect(get).toMatchObject({ move: 'get', why: [expect.objectContaining({})] });
  });

  test('which copies are elsewhere when they are too few, and that one can keep no lock', async () => {
    const { lines } = await toldOf(
      {
        repositories: { a: {}, b: { wanted: 'nothing' }, c: { trust: 'untrusted' } },
        contents: [{ key: note, files: ['n'], at: ['a', 'b', 'c'] }],
        numcopies: 2,
      },
      { why: true },
    );

    expect(lines).toContain('keep n on b, which does not want it: numcopies is 2, elsewhere a');
  });

  test('that required content stays', async () => {
    const { lines } = await toldOf(
      {
        // Git-annex does not use `not present`, and with it what is required would not be seen.
        repositories: { a: {}, b: { wanted: 'not present', required: 'include=*' } },
        contents: [{ key: note, files: ['n'], at: ['a', 'b'] }],
      },
      { why: true },
    );

    expect(lines).toContain('keep n on b, which does not want it: it is required there');
  });

  test('who has no room, and counts what was planned before', async () => {
    const { lines } = await toldOf({
      repositories: { a: {}, b: { wanted: 'anything', maxsizeBytes: 15 } },
      contents: [
        { key: 'SHA256E-s10--x', files: ['x'], at: ['a'] },
        { key: 'SHA256E-s10--y', files: ['y'], at: ['a'] },
      ],
    });

    expect(lines.filter((line) => line.startsWith('get'))).toHaveLength(1);
    expect(lines.join('\n')).toMatch(/^full [xy]: b wants it, and has no room below its maxsize$/m);
    expect(lines).toContain('b has no room for 1 content, 10 bytes');
  });

  test('what is wanted, and nobody has', async () => {
    const { lines } = await toldOf({
      repositories: { a: {}, b: { wanted: 'anything' }, c: { trust: 'dead' } },
      contents: [
        { key: song, files: ['x'], at: ['c'] },
        { key: note, files: ['y'], isUnlogged: true },
      ],
    });

    expect(lines).toContain('lost x: b wants it, nobody has it');
    expect(lines).toContain('lost y: b wants it, nobody has it');
    expect(lines).toContain('b wants, and nobody has, 2 contents, 11 bytes');
  });

  test('what never settles, with the moves that come again and again', async () => {
    const annex: ImportedAnnex = {
      repositories: {
        source: {},
        archive: { groups: ['archive'], wanted: 'copies=nodes:1' },
        node: { groups: ['nodes'], wanted: 'not copies=archive:1' },
      },
      contents: [{ key: note, files: ['n'], at: ['source'] }],
    };

    const { lines } = await toldOf(annex);

    expect(lines).toContain(
      'never settles n: these 4 moves come again and again: ' +
        'get node, get archive, drop node, drop archive',
    );
    expect(lines).toContain('never settling: 1 content');
    expect(objectsIn(await toldOf(annex, { json: true }))).toContainEqual(
      expect.objectContaining({ move: 'cycle', key: note, period: 4 }),
    );
  });

  test('of what never settles only the moves that come again', async () => {
    const { lines } = await toldOf({
      repositories: {
        source: {},
        archive: { groups: ['archive'], wanted: 'copies=nodes:1' },
        node: { groups: ['nodes'], wanted: 'not copies=archive:1' },
        once: { wanted: 'anything' },
      },
      contents: [{ key: 'SHA256E--unknown', files: ['n'], at: ['source'] }],
    });

    expect(lines).toContain('get n to once from source');
    expect(lines.find((line) => line.startsWith('never settles'))).not.toContain('once');
  });

  test('that a size is not known, as null', async () => {
    const contents = [{ key: 'SHA256E--unknown', files: ['s.mp3'], at: ['laptop'] }];

    const [get] = objectsIn(await toldOf({ ...shelf, contents }, { json: true }));

    expect(get).toMatchObject({ move: 'get', bytes: null });
  });

  test('names as a terminal may show them', async () => {
    const { lines } = await toldOf({
      repositories: { a: {}, 'b\u001b[2J': { wanted: 'anything' } },
      contents: [{ key: note, files: ['n\u009b2J'], at: ['a'] }],
    });

    expect(lines.join('')).not.toMatch(/[\u001b\u009b]/);
  });
});
