import { describe, expect, test } from 'vitest';
import { dialects } from '../../src/expression/index.ts';
import { answerPicks, readAnnexOrAnnexes, readCase } from '../../src/placement/index.ts';

const one = '10000000-0000-4000-8000-000000000001';
const two = '20000000-0000-4000-8000-000000000002';
const three = '30000000-0000-4000-8000-000000000003';

function picked(line: object): unknown {
  const answer = answerPicks(dialects.newest)(JSON.stringify(line));
  return answer.kind === 'answer' ? JSON.parse(answer.json) : answer.message;
}

describe('a line of picks', () => {
  const key = 'SHA256-s1--x';
  const lacking = {
    term: 'fullybalanced=g:lackingcopies',
    group: [one, two],
    candidates: [one, two],
    others: [{ uuid: three }],
    numcopies: 2,
    locations: [three],
    key,
  };

  test('takes a member that is named twice for one', () => {
    const line = { candidates: [one, two], key, number: 1 };

    expect(picked({ ...line, group: [one, two, one] })).toEqual(
      picked({ ...line, group: [one, two] }),
    );
  });

  test('picks as many as are lacking', () => {
    expect(picked(lacking)).toMatchObject({ number: 1, chosen: [expect.any(String)] });
  });

  test.each([
    ['fullysizebalanced=g:lackingcopies', {}, /goes by free space, of which the line says nothing/],
    [lacking.term, { others: [{ uuid: three, groups: ['g'] }] }, /is in the group of the term/],
    [lacking.term, { others: [{ uuid: one }], locations: [] }, /in the group and among the others/],
    [lacking.term, { others: [{ uuid: three }, { uuid: three }] }, /is there twice/],
    [lacking.term, { others: [] }, /the location 30000000.* is no repository of the line/],
    ['present', {}, /cannot be read/],
  ])('is a problem where no answer would be right: %s %j', (term, rest, message) => {
    expect(picked({ ...lacking, ...rest, term })).toMatch(message);
  });
});

test.each([
  [{}, 'number is missing'],
  [{ number: 1.5 }, 'number is 1.5, where a whole number was expected'],
  [{ term: 'fullybalanced=g:lackingcopies' }, 'numcopies is missing'],
])('a line of picks without how many to pick is a problem: %j', (rest, message) => {
  expect(picked({ group: [one], candidates: [one], key: 'WORM--x', ...rest })).toBe(message);
});

test('a case whose size is not the one of its key is a problem', () => {
  const line = { config: 'c', key: 'WORM-s3--x', file: null, locations: [] };

  expect(readCase(JSON.stringify({ ...line, size: '3' }))).toMatchObject({ kind: 'value' });
  expect(readCase(JSON.stringify({ ...line, size: '4' }))).toEqual({
    kind: 'problem',
    message: 'size is "4", where the size field of the key was expected',
  });
});

describe('the metadata of a case', () => {
  const metadataOf = (metadata: object): unknown => {
    const read = readCase(
      JSON.stringify({ config: 'c', key: 'WORM--x', file: 'x', locations: [], metadata }),
    );
    return read.kind === 'value' ? Object.fromEntries(read.value.metadata) : read.message;
  };

  test('joins a field that is spelled in two ways', () => {
    expect(metadataOf({ tag: ['a'], Tag: ['b', 'a'] })).toMatchObject({ tag: ['a', 'b'] });
  });

  test('has no time of change for a field without values, nor for a key without fields', () => {
    expect(metadataOf({ tag: [] })).toEqual({});
    expect(Object.keys(Object(metadataOf({ tag: [], year: ['1'] }))).sort()).toEqual([
      'lastchanged',
      'year',
      'year-lastchanged',
    ]);
  });
});

test('a configuration that has a repository twice is a problem', () => {
  const read = readAnnexOrAnnexes(
    JSON.stringify({ repos: [{ uuid: one }, { uuid: two }, { uuid: one, wanted: 'present' }] }),
    dialects.newest,
  );

  expect(read).toEqual({
    kind: 'problem',
    message: `repos[2] is "${one}", where a repository that is not in the list already was expected`,
  });
});

describe('a file of annexes', () => {
  const idsOf = (annexes: unknown): unknown => {
    const read = readAnnexOrAnnexes(JSON.stringify(annexes), dialects.newest);
    return read.kind === 'value' ? [...read.value.keys()] : read.message;
  };

  test('is one annex where it has a list of repositories, and otherwise several by their ids', () => {
    expect(idsOf({ repos: [{ uuid: one }] })).toEqual(['']);
    expect(idsOf({ repos: { repos: [{ uuid: one }] }, c: { repos: [] } })).toEqual(['repos', 'c']);
  });

  test.each([
    [{ repos: [{ uuid: one }, {}] }, 'repos[1].uuid is missing'],
    [{ c: {} }, 'c.repos is missing'],
    [{ repos: 'x' }, 'repos is "x", where an annex was expected'],
    [[], 'the text is a list of 0, where an object was expected'],
  ])('is told of when it is neither: %j', (annexes, message) => {
    expect(idsOf(annexes)).toBe(message);
  });
});
