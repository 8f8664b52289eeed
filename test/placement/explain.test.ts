import { expect, test } from 'vitest';
import {
  explain,
  explanationJson,
  formatAsGitAnnex,
  formatExplanation,
  type World,
} from '../../src/placement/index.ts';
import { item, uuid, world } from './annex.ts';

const here = '10000000-0000-4000-8000-000000000001';
const usb = '20000000-0000-4000-8000-000000000002';
const asked = item('SHA256E-s10--x.flac', 'a/x.flac');

const annex = (wanted: string, groupwanted: readonly (readonly [string, string])[] = []): World =>
  world(
    {
      repositories: {
        [here]: { description: 'laptop', groups: ['g'], wanted, maxsizeBytes: 15n },
        [usb]: { description: 'usb1', groups: ['archive', 'g'] },
      },
      groupwanted: new Map(groupwanted),
    },
    { locations: [usb], sizesBytes: { [here]: 8n } },
  );

const told = (moment: World): readonly string[] =>
  formatExplanation(explain(uuid(here), asked, moment, 'wanted'), moment.configuration).split('\n');

test('tells the copies that were counted, by name, and leaves out what was not asked', () => {
  expect(told(annex('include=*.flac and copies=archive:2 and present'))).toEqual([
    'laptop does not want a/x.flac, because',
    '  and: false (1 more not asked)',
    '    include=*.flac is true: the file is "a/x.flac"',
    '    copies=archive:2 is false: 1 of 2, usb1',
  ]);
});

test('tells who was full and by how much, and who was picked', () => {
  expect(told(annex('fullybalanced=g'))).toEqual([
    'laptop does not want a/x.flac, because',
    '  fullybalanced=g is false: 1 of 1 with room (2 members), by hash from number 1; picked usb1; laptop would be 3 bytes over',
  ]);
});

test("names the lacking terms without their values in git-annex's form, and others with them", () => {
  const moment = annex('approxlackingcopies=2 or lackingcopies=2 or copies=2');

  expect(formatAsGitAnnex(explain(uuid(here), asked, moment, 'wanted'))).toBe(
    '[ a/x.flac does not match preferred content: ( approxlackingcopies[FALSE] or lackingcopies[FALSE] ) or copies=2[FALSE] ]',
  );
});

test('goes into what groupwanted stands for', () => {
  expect(told(annex('not groupwanted', [['g', 'approxlackingcopies=1']]))).toEqual([
    'laptop wants a/x.flac, because',
    '  not: true',
    '    groupwanted is false: of the group g: approxlackingcopies=1',
    '      approxlackingcopies=1 is false: 1 needed, 1 there, usb1',
  ]);
});

test.each([
  ['not present', 'the expression is not used, since present under "not" would not be stable'],
  ['bogus', 'its expression does not parse, so it means present'],
  ['and', 'it has no expression'],
  ['include=[a', 'a glob in it cannot be compiled, so it means present'],
])('tells what the answer rests on: %s', (wanted, grounds) => {
  expect(told(annex(wanted))[0]).toBe(`laptop does not want a/x.flac: ${grounds}`);
});

test('shows a long expression in every form', () => {
  const moment = annex('anything or unused and '.repeat(700));
  const explanation = explain(uuid(here), asked, moment, 'wanted');

  expect(told(moment).length).toBeGreaterThan(1000);
  expect(formatAsGitAnnex(explanation)).toContain('anything[TRUE]');
});

test('tells a chain that changes its operator at every step, in every form', () => {
  const chain = Array.from(
    { length: 1700 },
    (_, index) => `url=${index} ${index % 2 === 0 ? 'or' : 'and'}`,
  );
  const moment = annex(`${chain.join(' ')} present`);
  const explanation = explain(uuid(here), asked, moment, 'wanted');

  const parsed: unknown = JSON.parse(explanationJson(explanation));
  expect(parsed).toMatchObject({ value: false, rests: 'tree', tree: { kind: 'and' } });
  expect(told(moment).length).toBeGreaterThan(1700);
  expect(formatAsGitAnnex(explanation)).toContain('url=0[FALSE]');
});

test('gives every part of an explanation as JSON, first things first', () => {
  const moment = annex('not (include=x and unused or present) or groupwanted and copies=1', [
    ['g', 'include=*.flac or present'],
  ]);
  const { tree } = explain(uuid(here), asked, moment, 'wanted');

  expect(JSON.parse(explanationJson(explain(uuid(here), asked, moment, 'wanted')))).toMatchObject({
    key: asked.keyText,
    file: asked.file,
    tree: JSON.parse(JSON.stringify(tree, (_name, part: unknown) => part)),
  });
});
