import { describe, expect, test } from 'vitest';
import { expressionLengthMax, nestingMax } from '../../src/expression/index.ts';
import {
  explain,
  explanationJson,
  fanout,
  formatAsGitAnnex,
  formatExplanation,
  lintConfiguration,
  lintExpression,
  RefusedExpressionError,
  required,
  wanted,
  wouldWantIfAbsent,
} from '../../src/placement/index.ts';
import { item, uuid, world } from './annex.ts';

const cluster = uuid('ac205ac5-d1e7-852c-a284-af955a1e255e');
const here = uuid('10000000-0000-4000-8000-000000000001');
const other = uuid('20000000-0000-4000-8000-000000000002');
const asked = item('SHA256-s10--x', 'file');
const deep = `${'('.repeat(nestingMax)}(anything`;
const long = `anything or ${'unused or '.repeat(expressionLengthMax / 10)}`;

describe.each([
  ['nested too deep', deep],
  ['too long', long],
])('an expression that is %s', (_name, text) => {
  const moment = world({
    repositories: { [here]: { wanted: text, groups: ['nodes'] }, [other]: { wanted: 'anything' } },
    clusters: { [cluster]: [here, other] },
  });

  test('is never taken for present: whoever is asked says why there is no answer', () => {
    expect(() => wanted(here, asked, moment)).toThrow(RefusedExpressionError);
    expect(() => wouldWantIfAbsent(here, asked, moment)).toThrow(/wanted of 10000000.*BX10[12]/);
    expect(required(here, asked, moment)).toBe(false);
    expect(wanted(other, asked, moment)).toBe(true);
  });

  test('keeps an upload from being placed by a guess', () => {
    const nodes = [here, other].map((node) => ({ uuid: node, cost: 100 }));

    expect(() => fanout(cluster, asked, moment, { nodes })).toThrow(RefusedExpressionError);
    expect(fanout(cluster, asked, moment, { nodes: nodes.slice(1) })).toMatchObject({
      kind: 'store',
      nodes: [other],
    });
  });

  test('is explained as what it is', () => {
    const explanation = explain(here, asked, moment, 'wanted');

    expect(explanation).toMatchObject({ rests: 'refused', value: undefined });
    expect(formatExplanation(explanation, moment.configuration)).toMatch(
      /nobody can say .*BX10[12]/,
    );
    expect(JSON.parse(explanationJson(explanation))).toMatchObject({ value: null, tree: null });
    expect(formatAsGitAnnex(explanation)).toBeUndefined();
  });

  test('is a finding of its own', () => {
    expect(lintExpression(text).map(({ code }) => code)).toEqual(['BL120']);
    expect(lintConfiguration(moment.configuration).map(({ code }) => code)).toEqual(['BL120']);
  });

  test('as groupwanted keeps those from an answer who use it, and nobody else', () => {
    const using = world({
      repositories: {
        [here]: { wanted: 'anything or not groupwanted', groups: ['g'] },
        [other]: { wanted: 'anything', groups: ['g'] },
      },
      groupwanted: new Map([['g', text]]),
    });

    expect(() => wanted(here, asked, using)).toThrow(/groupwanted of g: BX10[12]/);
    expect(explain(here, asked, using, 'wanted').rests).toBe('refused');
    expect(wanted(other, asked, using)).toBe(true);
  });
});

test('one that git-annex cannot read either means present, whatever stands beside it', () => {
  const moment = world({ repositories: { [here]: { wanted: 'bogus', required: deep } } });

  expect(wanted(here, asked, moment)).toBe(false);
  expect(explain(here, asked, moment, 'wanted').rests).toBe('unparsable');
});

test('an expression as long as a program may write it is evaluated', () => {
  const text = `${'include=x or '.repeat(20_000)}include=file`;
  const moment = world({ repositories: { [here]: { wanted: text } } });

  expect(wanted(here, asked, moment)).toBe(true);
});
