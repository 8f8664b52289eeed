import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import {
  between,
  bytes,
  listOf,
  objectOf,
  oneOf,
  orNull,
  orUnread,
  readJson,
  rowOf,
  tableOf,
  uuid,
  type Shape,
} from '../../src/shapes/index.ts';

const shape = objectOf(
  {
    repositories: listOf(objectOf({ uuid, size: orNull(bytes) }, 'a repository'), 2),
    groups: tableOf(uuid, oneOf(['a', 'b'])),
    count: v.optional(between(0, 9)),
  },
  'an annex',
);

function messageOf<T>(json: string, expected: Shape<T>): string {
  const read = readJson(json, expected);
  return read.kind === 'value' ? 'it was read' : read.message;
}

const good = { repositories: [{ uuid: 'u', size: '90071992547409930' }], groups: { u: 'a' } };

test('a value that fits is read, numbers beyond what a double holds and names of JavaScript included', () => {
  const json = JSON.stringify(good).replace('{"u":"a"}', '{"u":"a","__proto__":"b"}');

  expect(readJson(json, shape)).toEqual({
    kind: 'value',
    value: {
      repositories: [{ uuid: 'u', size: 90071992547409930n }],
      groups: new Map([
        ['u', 'a'],
        ['__proto__', 'b'],
      ]),
    },
  });
});

test('of a list, values of another shape are passed over where that is meant', () => {
  const rows = listOf(orUnread(rowOf([uuid, between(0, 9)])));
  const json = '[["u",1],["u"],["u",10],["u",1,2],{"0":"u","1":1},null,["w",2]]';

  expect(readJson(json, rows)).toEqual({
    kind: 'value',
    value: [['u', 1], undefined, undefined, undefined, undefined, undefined, ['w', 2]],
  });
});

test('a row has so many values, and each has its own shape', () => {
  const row = rowOf([uuid, between(0, 9)]);

  expect(messageOf('["u"]', row)).toBe('[1] is missing');
  expect(messageOf('["u",10]', row)).toBe(
    '[1] is 10, where a whole number from 0 to 9 was expected',
  );
  expect(messageOf('["u",1,2]', row)).toBe('[2] is 2, where a list of 2 was expected');
  expect(messageOf('{}', row)).toBe('the text is an object, where a list of 2 was expected');
});

describe('of a value that does not fit it is told', () => {
  test.each([
    ['that it is something else', null, 'the text is null, where an annex was expected'],
    ['that a list is no object', [], 'the text is a list of 0, where an annex was expected'],
    [
      'that a field is missing, and where',
      { ...good, repositories: [{ uuid: 'u', size: null }, { uuid: 'w' }] },
      'repositories[1].size is missing',
    ],
    [
      'that a name is none',
      { ...good, groups: { 'u w': 'a' } },
      'groups has the name "u w", where a UUID was expected',
    ],
    [
      'which words there are',
      { ...good, groups: { u: 'c' } },
      'groups.u is "c", where one of "a", "b" was expected',
    ],
    [
      'what stands there, and not what it was read as',
      { ...good, repositories: [{ uuid: 'u', size: '1e3' }] },
      'repositories[0].size is "1e3", where a number of bytes as a text was expected',
    ],
    [
      'how many there may be',
      { ...good, repositories: [1, 2, 3].map(() => good.repositories[0]) },
      'repositories is a list of 3, where a list of no more than 2 was expected',
    ],
    [
      'how large a number may be',
      { ...good, count: 10 },
      'count is 10, where a whole number from 0 to 9 was expected',
    ],
    [
      'nothing that a terminal would obey',
      { ...good, groups: { '\u001b': 'a' } },
      'groups has the name "\\u001b", where a UUID was expected',
    ],
    [
      'no more of it than fits a line',
      { ...good, count: 'x'.repeat(100) },
      `count is "${'x'.repeat(39)}…, where a whole number from 0 to 9 was expected`,
    ],
  ])('%s', (_what, value, message) => {
    expect(messageOf(JSON.stringify(value), shape)).toBe(message);
  });

  test('that it is no JSON', () => {
    expect(messageOf('\u001b[', shape)).toMatch(/^it is not JSON: [^\u001b]*$/);
  });
});
