import { describe, expect, test } from 'vitest';
import { nestingMax } from '../../src/expression/index.ts';
import {
  mayDrop,
  RefusedExpressionError,
  type TrustLevel,
  type World,
} from '../../src/placement/index.ts';
import { item, uuid, world, type Annex } from './annex.ts';

const here = uuid('here');
const [a, b, c] = [uuid('a'), uuid('b'), uuid('c')];
const asked = item('SHA256-s10--x', 'file');

/** All four have the content. */
function annex(rest: Partial<Annex> = {}, trust: Partial<Record<string, TrustLevel>> = {}): World {
  const repositories = Object.fromEntries(
    ['here', 'a', 'b', 'c'].map((name) => [name, { trust: trust[name] ?? 'semitrusted' }]),
  );
  return world({ repositories, ...rest }, { locations: ['here', 'a', 'b', 'c'] });
}

test('a drop is granted for a copy that was proved, though the location log does not name it', () => {
  const moment = world({ repositories: { here: {}, a: {} } }, { locations: ['here'] });

  expect(mayDrop(here, asked, moment).kind).toBe('refused');
  expect(mayDrop(here, asked, moment, { locked: [a] }).kind).toBe('granted');
  expect(mayDrop(here, asked, moment, { verified: [a], isLocal: true }).kind).toBe('granted');
});

describe('a drop is refused', () => {
  test('while nobody has verified another copy, and says which are only said to be there', () => {
    expect(mayDrop(here, asked, annex())).toEqual({
      kind: 'refused',
      refusals: [
        { kind: 'numcopies', needed: 1, counted: [], unproved: [a, b, c] },
        { kind: 'mincopies', needed: 1, counted: [], unproved: [a, b, c] },
      ],
    });
  });

  test('while verified copies are fewer than numcopies', () => {
    const moment = annex({ numcopies: 2 });

    expect(mayDrop(here, asked, moment, { locked: [a] })).toEqual({
      kind: 'refused',
      refusals: [{ kind: 'numcopies', needed: 2, counted: [a], unproved: [b, c] }],
    });
    expect(mayDrop(here, asked, moment, { locked: [a], verified: [b] }).kind).toBe('granted');
  });

  test('from afar, while copies were verified and not one of them locked', () => {
    expect(mayDrop(here, asked, annex(), { verified: [a, b] })).toMatchObject({
      refusals: [{ kind: 'mincopies', needed: 1, counted: [], unproved: [a, b, c] }],
    });
    expect(mayDrop(here, asked, annex(), { verified: [a], isLocal: true }).kind).toBe('granted');
  });

  test('while mincopies asks for more than numcopies does', () => {
    const moment = annex({ numcopies: 1, mincopies: 3 });

    expect(mayDrop(here, asked, moment, { verified: [a, b], isLocal: true })).toMatchObject({
      refusals: [{ kind: 'mincopies', needed: 3, counted: [a, b] }],
    });
  });

  test.each(['untrusted', 'dead'] as const)(
    'when the only other copies are %s, locked or not',
    (level) => {
      const moment = annex({}, { a: level, b: level, c: level });

      expect(mayDrop(here, asked, moment, { locked: [a, b, c] })).toMatchObject({
        refusals: [
          { kind: 'numcopies', counted: [], unproved: [] },
          { kind: 'mincopies', counted: [], unproved: [] },
        ],
      });
    },
  );

  test('when its own copy and a cluster are all that is proved', () => {
    const moment = annex({ clusters: { c: ['a'] } });

    expect(mayDrop(here, asked, moment, { locked: [here, c] }).kind).toBe('refused');
  });

  test('when the content is required, for its file or another of the key', () => {
    const moment = annex({ repositories: { here: { required: 'include=keep/*' } } });
    const proofs = { locked: [a] };
    const kept = { ...asked, file: 'keep/x' };

    expect(mayDrop(here, kept, moment, proofs)).toEqual({
      kind: 'refused',
      refusals: [{ kind: 'required', file: 'keep/x' }],
    });
    expect(mayDrop(here, asked, moment, { ...proofs, otherFiles: ['keep/y'] })).toMatchObject({
      refusals: [{ kind: 'required', file: 'keep/y' }],
    });
    expect(mayDrop(here, asked, moment, proofs).kind).toBe('granted');
  });
});

test('a trusted repository counts without being asked', () => {
  expect(mayDrop(here, asked, annex({}, { a: 'trusted' })).kind).toBe('granted');
  expect(mayDrop(here, asked, annex({ numcopies: 2 }, { a: 'trusted' })).kind).toBe('refused');
});

test('numcopies is the largest of the files that use the key, by .gitattributes', () => {
  const moment: World = {
    ...annex(),
    attributeNumcopies: ({ file }) => (file === 'precious' ? 3 : undefined),
  };
  const proofs = { locked: [a, b] };

  expect(mayDrop(here, asked, moment, proofs).kind).toBe('granted');
  expect(mayDrop(here, asked, moment, { ...proofs, otherFiles: ['precious'] })).toMatchObject({
    refusals: [{ kind: 'numcopies', needed: 3, counted: [a, b] }],
  });
});

test('mincopies is the largest of the files that use the key, by .gitattributes, too', () => {
  const attributes = new Map([
    ['precious', 3],
    ['cheap', 1],
  ]);
  const moment: World = {
    ...annex({ mincopies: 2 }),
    attributeMincopies: ({ file }) => attributes.get(file ?? ''),
  };
  const proofs = { locked: [a], verified: [b] };
  const cheap = { ...asked, file: 'cheap' };

  // .gitattributes take the place of what the git-annex branch says.
  expect(mayDrop(here, cheap, moment, proofs).kind).toBe('granted');
  expect(mayDrop(here, { ...asked, file: undefined }, moment, proofs)).toMatchObject({
    refusals: [{ kind: 'mincopies', needed: 2, counted: [a] }],
  });
  expect(mayDrop(here, cheap, moment, { ...proofs, otherFiles: ['precious'] })).toEqual({
    kind: 'refused',
    refusals: [{ kind: 'mincopies', needed: 3, counted: [a], unproved: [b, c] }],
  });
});

test('who was asked and does not want it is not asked again what is required', () => {
  const moment = annex({ repositories: { here: { required: 'anything' } } });
  const proofs = { locked: [a] };

  expect(mayDrop(here, asked, moment, proofs).kind).toBe('refused');
  expect(mayDrop(here, asked, moment, { ...proofs, isUnwanted: true }).kind).toBe('granted');
});

test('a required expression that is refused here gives no leave', () => {
  const deep = `${'('.repeat(nestingMax)}(present`;
  const moment = annex({ repositories: { here: { required: deep } } });

  expect(() => mayDrop(here, asked, moment, { locked: [a] })).toThrow(RefusedExpressionError);
});
