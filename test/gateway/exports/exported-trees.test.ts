/** Which trees a remote may have files of, as several have exported to it. */
import { describe, expect, it } from 'vitest';
import { ExportedTrees } from '../../../src/gateway/exports/exported-trees.ts';
import { sha256Key } from '../../support/objects.ts';
import { imaginaryUuid } from '../../support/presence.ts';

const [writer, other, remote] = [imaginaryUuid(1), imaginaryUuid(2), imaginaryUuid(3)];
const key = sha256Key(Buffer.from('one'));
const another = sha256Key(Buffer.from('two'));
const larger = sha256Key(Buffer.from('larger'));
const [first, begun, second] = ['1', '2', '3'].map((digit) => digit.repeat(40));

/** The trees that the lines of a log have, with their files. */
function exportedBy(lines: readonly (readonly [by: string, ...trees: unknown[]])[]): ExportedTrees {
  const text = lines.map(([by, ...trees]) => `1795972806s ${by}:${remote} ${trees.join(' ')}\n`);
  const files = new Map([
    [first, { a: key, b: key, c: key }],
    [begun, { a: another, c: larger, d: another, b: key }],
    [second, { e: another }],
  ]);
  return new ExportedTrees({
    read: () => Promise.resolve(text.join('')),
    trees: {
      isHere: () => Promise.resolve(true),
      filesOf: (tree: string) =>
        Promise.resolve({
          files: Object.entries(files.get(tree) ?? {}).map(([path, one]) => ({
            path,
            sha: tree,
            key: one,
            blobBytes: 0,
          })),
          others: [],
        }),
    },
  });
}

describe('the exported trees of a remote', () => {
  it('are those whose export ended, by whomever, then those whose was only begun', async () => {
    const exported = exportedBy([
      [writer, first, begun],
      [other, second, first],
    ]);
    expect(await exported.treesOf(remote)).toEqual([first, second, begun]);
    expect(await exported.placesOn(remote).of(another)).toEqual(['e', 'd']);
  });

  it('have a key at no place of a begun tree where an ended one has what may be as long', async () => {
    const exported = exportedBy([[writer, first, begun]]);
    expect(await exported.placesOn(remote).of(key)).toEqual(['a', 'b', 'c']);
    expect(await exported.placesOn(remote).of(another)).toEqual(['d']);
    expect(await exported.placesOn(remote).of(larger)).toEqual(['c']);
    expect(await exported.settledPlaces(remote, key)).toEqual([]);
  });

  it('take a key at its places when there is one alone', async () => {
    const exported = exportedBy([
      [writer, first],
      [other, first],
    ]);
    expect(await exported.settledPlaces(remote, key)).toEqual(['a', 'b', 'c']);
    expect(await exported.settledPlaces(remote, another)).toEqual([]);
  });
});
