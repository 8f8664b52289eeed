import { describe, expect, test } from 'vitest';
import { dialects } from '../../src/expression/index.ts';
import {
  required,
  wanted,
  wouldRequireIfAbsent,
  wouldWantIfAbsent,
} from '../../src/placement/index.ts';
import { item, uuid, world, type Annex } from './annex.ts';

const here = uuid('here');
const key = item('SHA256-s10--x', 'a/file');

function annexWanting(text: string | undefined, more: Partial<Annex> = {}): Annex {
  return { repositories: { here: { wanted: text, groups: ['g'] }, other: {} }, ...more };
}

describe('a repository without an expression', () => {
  test.each([undefined, '', 'and', '()'])('%j answers what the caller chose', (text) => {
    const facts = world(annexWanting(text));

    expect(wanted(here, key, facts)).toBe(false);
    expect(wanted(here, key, facts, true)).toBe(true);
    expect(wouldWantIfAbsent(here, key, facts)).toBe(false);
    expect(wouldWantIfAbsent(here, key, facts, true)).toBe(true);
  });
});

describe('an expression that does not parse means present', () => {
  const facts = (locations: readonly string[]): ReturnType<typeof world> =>
    world(annexWanting('anything or bogus'), { locations });

  test('what is there stays, nothing is fetched', () => {
    expect(wanted(here, key, facts([]))).toBe(false);
    expect(wanted(here, key, facts(['here']))).toBe(true);
    expect(wouldWantIfAbsent(here, key, facts(['here']))).toBe(true);
  });
});

describe('a glob that cannot be compiled (the real program hangs on it)', () => {
  test.each(['include=[a', 'exclude=[a', 'not include=[a', 'nothing or include=[z-a]'])(
    '%s means present where it is reached',
    (text) => {
      expect(wanted(here, key, world(annexWanting(text)))).toBe(false);
      expect(wanted(here, key, world(annexWanting(text), { locations: ['here'] }))).toBe(true);
    },
  );

  test('does not matter where it is not reached', () => {
    expect(wanted(here, key, world(annexWanting('anything or include=[a')))).toBe(true);
    expect(wanted(here, key, world(annexWanting('nothing and include=[a')))).toBe(false);
  });
});

describe('negated use of unstable terms', () => {
  test.each([
    'not present',
    'include=* or not present',
    'not (include=a or balanced=g)',
    'not standard',
    'not groupwanted',
  ])('%s matches nothing, so that everything may be dropped', (text) => {
    const facts = world(annexWanting(text));

    expect(wanted(here, key, facts, true)).toBe(false);
    expect(wouldWantIfAbsent(here, key, facts, true)).toBe(false);
  });

  test.each(['not not anything', 'not not present or anything', 'not fullybalanced=ghosts'])(
    '%s is used as written',
    (text) => {
      expect(wanted(here, key, world(annexWanting(text)))).toBe(true);
    },
  );

  test('is not noticed inside groupwanted', () => {
    const groupwanted = new Map([['g', 'not present']]);

    expect(wanted(here, key, world(annexWanting('groupwanted', { groupwanted })))).toBe(true);
  });
});

describe('required content', () => {
  const annex: Annex = {
    repositories: { here: { wanted: 'nothing', required: 'include=a/*' }, other: {} },
  };

  test('is wanted too, and is asked about alone', () => {
    const facts = world(annex, { locations: ['here'] });

    expect(wanted(here, key, facts)).toBe(true);
    expect(required(here, key, facts)).toBe(true);
    expect(wouldRequireIfAbsent(here, key, facts)).toBe(true);
    expect(required(here, item('SHA256-s10--x', 'b/file'), facts)).toBe(false);
  });
});

describe('what depends on the version of git-annex', () => {
  const asked = (wantedText: string, more: Partial<Annex>, keyText = 'SHA256-s10--x'): boolean => {
    const facts = world(annexWanting(wantedText, more));
    return wanted(here, item(keyText, 'a/file'), facts);
  };

  test('the newest one is spoken for when none is named', () => {
    expect(asked('copies=a-b=0', {})).toBe(true);
    expect(asked('copies=a-b=0', { dialect: dialects.reference })).toBe(false);
  });

  test('a term that the version lacks makes the whole expression mean present', () => {
    const text = 'anything or url=*';

    expect(asked(text, { dialect: dialects.url })).toBe(true);
    expect(asked(text, { dialect: dialects.reference })).toBe(false);
  });

  test('an empty groupwanted entry was true once, and is none now', () => {
    const groupwanted = new Map([['g', '']]);

    expect(asked('groupwanted', { groupwanted })).toBe(false);
    expect(asked('groupwanted', { groupwanted, dialect: dialects.reference })).toBe(true);
  });

  test('BLAKE3 is a secure hash to the newest', () => {
    expect(asked('securehash', {}, 'BLAKE3_256E-s10--x')).toBe(true);
    expect(asked('securehash', {}, 'BLAKE3-s10--x')).toBe(false);
    expect(asked('securehash', { dialect: dialects.reference }, 'BLAKE3_256E-s10--x')).toBe(false);
  });
});
