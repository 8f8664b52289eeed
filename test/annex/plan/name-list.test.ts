import { expect, it } from 'vitest';
import { NameList } from '../../../src/annex/plan/name-list.ts';

it('gives each name back by its number, however many, long or odd they are', () => {
  const names = ['', 'a', 'ä/\udc80', 'long'.repeat(30_000), '', '\u{1f600}'];
  for (let number = 0; number < 10_000; number += 1) names.push(`folder/${number}`);
  const list = new NameList();

  const numbers = names.map((name) => list.push(name));

  expect(numbers).toEqual(names.map((_, place) => place));
  expect(numbers.map((number) => list.at(number))).toEqual(names);
});
