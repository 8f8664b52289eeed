import { expect, test } from 'vitest';
import { needsOf } from '../../src/placement/index.ts';
import { configuration, uuid, type Annex } from './annex.ts';

const [one, two] = ['10000000-0000-4000-8000-000000000001', '20000000-0000-4000-8000-000000000002'];

function needs(annex: Annex, ...repositories: readonly string[]): readonly string[] {
  return [...needsOf(repositories.map(uuid), configuration(annex))].sort();
}

test('an expression needs what its terms need', () => {
  const annex: Annex = {
    repositories: { [one]: { wanted: 'not (present or copies=2) or metadata=tag=x' }, [two]: {} },
  };

  expect(needs(annex, one)).toEqual(['metadata']);
  expect(needs(annex, two)).toEqual([]);
  expect(needs(annex, two, one)).toEqual(['metadata']);
});

test('so does required content', () => {
  expect(
    needs({ repositories: { [one]: { wanted: 'present', required: 'url=x*' } } }, one),
  ).toEqual(['urls']);
});

test('groupwanted needs what it stands for, no more', () => {
  const groupwanted = new Map([
    ['a', 'groupwanted or lackingcopies=1'],
    ['b', 'metadata=tag=x'],
  ]);
  const repositories = {
    [one]: { groups: ['a'], wanted: 'not groupwanted' },
    [two]: { groups: ['a', 'b'], wanted: 'groupwanted' },
  };

  expect(needs({ repositories, groupwanted }, one)).toEqual(['attributes', 'fileName']);
  expect(needs({ repositories, groupwanted }, two)).toEqual([]);
});

test('an expression that does not parse means present, and needs nothing', () => {
  expect(needs({ repositories: { [one]: { wanted: 'metadata=tag=x or bogus' } } }, one)).toEqual(
    [],
  );
});
