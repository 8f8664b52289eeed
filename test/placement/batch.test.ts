import { describe, expect, test } from 'vitest';
import { dialects } from '../../src/expression/index.ts';
import { answerPicks, readCase, readRecordedAnnex } from '../../src/placement/index.ts';

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
  const read = readRecordedAnnex(
    JSON.stringify({ repos: [{ uuid: one }, { uuid: two }, { uuid: one, wanted: 'present' }] }),
    dialects.newest,
  );

  expect(read).toEqual({ kind: 'problem', message: `repos has ${one} twice` });
});
