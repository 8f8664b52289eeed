import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { urlLogPath } from '../../../src/repository/index.ts';
import { git } from '../../support/git-annex.ts';
import { importedAnnex, type ImportedAnnex } from '../../support/imported-annex.ts';
import { keyOf } from '../../support/keys-and-contents.ts';
import { moves, told, toldOf } from './told.ts';

const song = 'SHA256E-s10--song.mp3';
const note = 'SHA256E-s1--note.txt';

describe('a plan asks', () => {
  test('each file of a key, and all of them before a drop', async () => {
    const repositories = { a: {}, b: { wanted: 'include=keep/*' } };
    const at = ['a', 'b'];

    const both = { key: note, files: ['keep/n', 'n'], at };
    expect(moves(await toldOf({ repositories, contents: [both] }))).toEqual([]);
    const one = { key: note, files: ['n', 'm'], at };
    expect(moves(await toldOf({ repositories, contents: [one] }))).toEqual(['drop m from b']);
  });

  test('more files than two of one key', async () => {
    const repositories = { a: {}, b: { wanted: 'include=third' } };
    const contents = [{ key: note, files: ['first', 'second', 'third'], at: ['a'] }];

    expect(moves(await toldOf({ repositories, contents }))).toEqual(['get first to b from a']);
  });

  test('each of many files for its own attributes', async () => {
    const contents = Array.from({ length: 2500 }, (_, number) => ({
      key: `SHA256E-s1--${number}`,
      files: [`${'folder/'.repeat(5)}${number}${number % 3 === 0 ? '.two' : ''}`],
      at: ['a', 'b'],
    }));

    const { lines } = await toldOf({
      repositories: { a: {}, b: { wanted: 'nothing' } },
      contents,
      gitattributes: '*.two annex.numcopies=2\n',
    });

    const dropped = lines.filter((line) => line.startsWith('drop '));
    expect(dropped).toHaveLength(
      contents.filter(({ files }) => !files[0]?.endsWith('.two')).length,
    );
    expect(dropped.filter((line) => line.includes('.two '))).toEqual([]);
  });

  test('mincopies of .gitattributes too', async () => {
    const annex: ImportedAnnex = {
      repositories: { a: {}, b: { wanted: 'nothing' } },
      contents: [{ key: note, files: ['n.min'], at: ['a', 'b'] }],
      gitattributes: '*.min annex.mincopies=2\n',
    };

    expect(moves(await toldOf(annex))).toEqual([]);
  });

  test('whether git annex unused found a key', async () => {
    const annex = importedAnnex({
      repositories: { a: {}, b: { wanted: 'not unused' } },
      contents: [
        { key: note, at: ['a', 'b'] },
        { key: song, at: ['a', 'b'] },
      ],
    });
    writeFileSync(join(annex.directory, '.git', 'annex', 'unused'), `1 ${note} 1700000000s\n`);

    expect(moves(await told(annex.directory))).toEqual([`drop ${note} from b`]);
  });

  test('nobody for a copy that is logged for a cluster, which has none of its own', async () => {
    const { lines } = await toldOf({
      repositories: { a: { wanted: 'anything' } },
      clusters: { c: [] },
      contents: [{ key: note, files: ['n'], at: ['c'] }],
    });

    expect(lines[0]).toBe('lost n: a wants it, nobody has it');
  });

  test('about keys that no file uses, by their names', async () => {
    const contents = [{ key: note, at: ['a', 'b'] }];
    const repositories = { a: {}, b: { wanted: 'include=*' } };

    expect(moves(await toldOf({ repositories, contents }))).toEqual([`drop ${note} from b`]);
  });

  test('the logs that are in the journal yet', async () => {
    const contents = [{ key: note, files: ['n'], at: ['a'], isJournalled: true }];
    const repositories = { a: {}, b: { wanted: 'anything' } };

    expect(moves(await toldOf({ repositories, contents }))).toEqual(['get n to b from a']);
  });

  test.each([
    ['metadata', 'metadata=tag=keep', { tag: 'keep' }],
    ['urls', 'url=https://*', { url: 'https://example.org/x' }],
  ])('for %s where an expression needs it', async (_, wanted, fact) => {
    const repositories = { a: {}, b: { wanted } };
    const contents = [
      { key: note, files: ['n'], at: ['a'], ...fact },
      { key: song, files: ['s'], at: ['a'] },
    ];

    expect(moves(await toldOf({ repositories, contents }))).toEqual(['get n to b from a']);
  });

  test('for urls that are in the journal yet', async () => {
    const annex = importedAnnex({
      repositories: { a: {}, b: { wanted: 'url=https://*' } },
      contents: [{ key: note, files: ['n'], at: ['a'], url: 'ftp://example.org/x' }],
    });
    const path = urlLogPath(keyOf(note)).replaceAll('/', '_');
    const text = '1700000001s 1 https://example.org/x\n';
    writeFileSync(join(annex.directory, '.git', 'annex', 'journal', path), text);

    expect(moves(await told(annex.directory))).toEqual(['get n to b from a']);
  });

  test('for metadata of keys that have no location log', async () => {
    const { lines } = await toldOf({
      repositories: { a: {}, b: { wanted: 'metadata=tag=keep' } },
      contents: [
        { key: note, files: ['n'], isUnlogged: true, tag: 'keep' },
        { key: song, files: ['s'], isUnlogged: true },
      ],
    });

    expect(lines[0]).toBe('lost n: b wants it, nobody has it');
    expect(lines).toHaveLength(3);
  });

  test('which keys are equivalent to a VURL key', async () => {
    const repositories = { a: {}, b: { wanted: 'securehash' } };
    const contents = [
      { key: 'VURL--x', files: ['x'], at: ['a'], equivalentKey: song },
      { key: 'VURL--y', files: ['y'], at: ['a'], equivalentKey: 'MD5-s1--y' },
    ];

    expect(moves(await toldOf({ repositories, contents }))).toEqual(['get x to b from a']);
  });

  test('numcopies of .gitattributes, the most of all files', async () => {
    const annex: ImportedAnnex = {
      repositories: { a: {}, b: { wanted: 'nothing' }, c: { wanted: 'nothing' } },
      contents: [
        { key: note, files: ['n.two', 'n'], at: ['a', 'b', 'c'] },
        { key: song, files: ['s'], at: ['a', 'b', 'c'] },
      ],
      gitattributes: '*.two annex.numcopies=2\n',
    };

    expect(moves(await toldOf(annex))).toEqual(['drop n from c', 'drop s from b', 'drop s from c']);
  });

  test('only one of two unwanted copies to go where two are needed', async () => {
    const annex: ImportedAnnex = {
      repositories: { a: {}, b: { wanted: 'nothing' }, c: { wanted: 'nothing' } },
      contents: [{ key: note, files: ['n'], at: ['a', 'b', 'c'] }],
      numcopies: 2,
    };

    expect(moves(await toldOf(annex))).toEqual(['drop n from c']);
  });

  test('neither of dead repositories nor of untrusted ones that a copy be enough', async () => {
    const annex: ImportedAnnex = {
      repositories: {
        a: { trust: 'dead', wanted: 'anything' },
        b: { trust: 'untrusted' },
        c: { wanted: 'nothing' },
      },
      contents: [{ key: note, files: ['n'], at: ['a', 'b', 'c'] }],
    };

    expect(moves(await toldOf(annex))).toEqual([]);
  });

  test('nothing of a repository whose expression is blank', async () => {
    const annex: ImportedAnnex = {
      repositories: { a: {}, b: { wanted: ' ' }, c: { wanted: 'anything' } },
      contents: [{ key: note, files: ['n'], at: ['a', 'b'] }],
    };

    const { lines, notes } = await toldOf(annex);

    expect(moves({ lines })).toEqual(['get n to c from a']);
    expect(notes).toContain('b has no expression, and is left as it is');
  });

  test('a repository that has required content alone', async () => {
    const annex: ImportedAnnex = {
      repositories: { a: {}, b: { required: 'include=*.mp3' } },
      contents: [
        { key: song, files: ['s.mp3'], at: ['a'] },
        { key: note, files: ['n'], at: ['a', 'b'] },
      ],
    };

    expect(moves(await toldOf(annex))).toEqual(['drop n from b', 'get s.mp3 to b from a']);
  });

  test('a special remote to give no lock, so that mincopies keep the last others', async () => {
    const annex = importedAnnex({
      repositories: { here: { wanted: 'nothing' }, bucket: {} },
      contents: [{ key: note, files: ['n'], at: ['here', 'bucket'] }],
    });
    git(annex.directory, 'config', 'remote.bucket.annex-uuid', annex.uuidOf('bucket'));
    expect(moves(await told(annex.directory))).toEqual(['drop n from here']);

    const text = `${annex.uuidOf('bucket')} name=bucket type=S3 timestamp=1700000000s\n`;
    writeFileSync(join(annex.directory, '.git', 'annex', 'journal', 'remote.log'), text);
    const { lines } = await told(annex.directory, { why: true });

    expect(lines).toContain(
      'keep n on here, which does not want it: mincopies is 1, none is elsewhere; bucket can keep no lock',
    );
  });
});
