import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { keyHash, pick } from '../../src/placement/index.ts';
import { encodeText, parseUuid, type Uuid } from '../../src/units/index.ts';
import { readGoldenLines } from '../golden/read-golden.ts';

interface GoldenPick {
  readonly group: readonly Uuid[];
  readonly candidates: readonly Uuid[];
  readonly key: string;
  readonly number: number;
  readonly chosen: readonly Uuid[];
  readonly hmac: string;
  /** Null where there are no candidates. */
  readonly first: number | null;
}

const picks = readGoldenLines('balanced-picks.jsonl.gz', (line): GoldenPick => JSON.parse(line));

test('picks whom git-annex picked, in all 660 cases', () => {
  const chosen = picks.map(({ group, candidates, key, number }) =>
    pick({ members: group, candidates, keyText: key, number }).toSorted(),
  );

  expect(chosen).toEqual(picks.map(({ chosen }) => chosen));
  expect(chosen.length).toBe(660);
});

test('hashes a key as git-annex does', () => {
  const hashes = picks.map(({ group, candidates, key }) => {
    const hash = keyHash(group);
    const hex = Buffer.from(hash.digest(key)).toString('hex');
    const count = candidates.length;
    return { hmac: hex, first: count === 0 ? null : hash.first(key, count) };
  });

  expect(hashes).toEqual(picks.map(({ hmac, first }) => ({ hmac, first })));
});

test('hashes the bytes of a key of any length and alphabet, one after the other', () => {
  const members = [uuid('a'), uuid('b')];
  const hash = keyHash(members);
  const lengths = Array.from({ length: 300 }, (_, length) => 'k'.repeat(length));
  const keys = [...lengths, 'WORM--é', 'WORM--\udcff', 'WORM--\u{1f600}', 'k'];

  const hashes = keys.map((key) => Buffer.from(hash.digest(key)).toString('hex'));

  expect(hashes).toEqual(
    keys.map((key) => createHmac('sha256', 'ab').update(encodeText(key)).digest('hex')),
  );
});

test('gives the check value that git-annex publishes', () => {
  const members = Array.from({ length: 500 }, (_, index) => uuid(String(index + 1)));

  expect(pick({ members, keyText: 'WORM--test', number: 3 })).toEqual(['332', '333', '334']);
});

test('picks nobody for 0 or less, and nobody of nobody', () => {
  const members = [uuid('a'), uuid('b')];

  expect(pick({ members, keyText: 'WORM--x', number: 0 })).toEqual([]);
  expect(pick({ members, keyText: 'WORM--x', number: -1 })).toEqual([]);
  expect(pick({ members, candidates: [], keyText: 'WORM--x', number: 1 })).toEqual([]);
});

function uuid(text: string): Uuid {
  const parsed = parseUuid(text);
  if (parsed === undefined) throw new Error(`no UUID: ${text}`);
  return parsed;
}
