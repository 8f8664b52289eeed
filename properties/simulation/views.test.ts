import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ModelViews } from '../../models/views.ts';
import { Candidates } from '../../src/simulation/acts/candidates.ts';
import { Contents } from '../../src/simulation/world/contents.ts';
import { Views, type Undo } from '../../src/simulation/world/views.ts';
import { check } from '../settings.ts';

const keyCount = 4;
const sizesBytes = [0n, 7n, 2n ** 53n + 1n, 10n ** 30n];

/** Repositories beyond the first 32, whose bits are in another word, are among them. */
const repository = fc.constantFrom(0, 1, 2, 31, 32, 40);
const repositoryCount = 41;

const change = fc.record({
  kind: fc.constant('set' as const),
  view: repository,
  repository,
  key: fc.nat({ max: keyCount - 1 }),
  isPresent: fc.boolean(),
  /** Without one, several changes have the same clock. */
  isLater: fc.boolean(),
});
const merging = fc.record({
  kind: fc.constant('merge' as const),
  from: repository,
  into: repository,
});
const operations = fc.array(
  fc.oneof({ weight: 3, arbitrary: change }, { weight: 2, arbitrary: merging }),
  {
    maxLength: 40,
    size: 'max',
  },
);

test('views in typed arrays are those of the model, ties of clocks and large sizes included', () => {
  check(
    fc.property(operations, fc.boolean(), (operations, hasTies) => {
      const { views, model } = both(hasTies);
      let clock = 1;
      for (const operation of operations) {
        if (operation.kind === 'merge') {
          if (operation.from === operation.into) continue;
          views.merge(operation.from, operation.into);
          model.merge(operation.from, operation.into);
        } else {
          // Without ties every change has a clock of its own.
          if (operation.isLater || !hasTies) clock += 1;
          const { view, repository, key, isPresent } = operation;
          views.set(view, repository, key, isPresent, clock);
          model.set(view, repository, key, isPresent, clock);
        }
      }

      expect(seen(views)).toEqual(seen(model));
    }),
  );
});

test('what was noted is taken back, and merges go on rightly after it', () => {
  check(
    fc.property(operations, operations, operations, (before, undone, after) => {
      const { views } = both(false);
      const { views: straight } = both(false);
      let clock = 1;
      const apply = (
        to: Views,
        all: typeof operations extends fc.Arbitrary<infer D> ? D : never,
      ): void => {
        for (const operation of all) {
          clock += 1;
          if (operation.kind === 'set') {
            to.set(operation.view, operation.repository, operation.key, operation.isPresent, clock);
          } else if (operation.from !== operation.into) to.merge(operation.from, operation.into);
        }
      };
      apply(views, before);
      const undo: Undo[] = [];
      views.undo = undo;
      apply(views, undone);
      views.undo = undefined;
      views.takeBack(undo);
      apply(views, after);
      clock = 1;
      apply(straight, before);
      clock += undone.length;
      apply(straight, after);

      expect(facts(views)).toEqual(facts(straight));
    }),
  );
});

test('files stand in the order of the bytes of their names, however they came and went', () => {
  const name = fc.constantFrom(
    'a',
    'b',
    'ba',
    'é',
    '\u{10000}',
    '\uffee',
    'z/1',
    'z/10',
    'z/2',
    'Z',
  );
  const change = fc.record({ name, isRemoved: fc.boolean(), isAsked: fc.boolean() });
  check(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const contents = new Contents();
      const key = contents.makeKey(1n, { high: 0, low: 0 });
      const names = new Set<string>();
      for (const { name: text, isRemoved, isAsked } of changes) {
        const file = contents.file(text);
        if (!isRemoved) names.add(text);
        else names.delete(text);
        const named = isRemoved ? file : contents.setFile(text, key);
        if (isRemoved && file !== undefined) contents.removeFile(file);
        if (!isAsked || named === undefined) continue;
        const sorted = [...names].toSorted((left, right) =>
          Buffer.compare(Buffer.from(left), Buffer.from(right)),
        );

        expect(Array.from(contents.order(), (each) => contents.fileName(each))).toEqual(sorted);
        const after = sorted.findIndex(
          (each) => Buffer.compare(Buffer.from(each), Buffer.from(text)) > 0,
        );
        expect(contents.placeAfter(named)).toBe(after < 0 ? sorted.length : after);
      }
    }),
  );
});

test('candidates are taken as from a list', () => {
  check(
    fc.property(
      fc.integer({ min: 1, max: 40_000 }),
      fc.array(fc.nat(), { maxLength: 60 }),
      (count, draws) => {
        const candidates = new Candidates(count);
        const list = Array.from({ length: count }, (_, index) => index);
        for (const draw of draws) {
          if (list.length === 0) break;
          const index = draw % list.length;
          expect(candidates.take(index)).toBe(list.splice(index, 1)[0]);
        }
        const left: number[] = [];
        candidates.some((candidate) => left.push(candidate) < 0);

        expect(candidates.left).toBe(list.length);
        expect(left).toEqual(list);
      },
    ),
    100,
  );
});

function both(hasTies: boolean): { readonly views: Views; readonly model: ModelViews } {
  const contents = new Contents();
  for (const bytes of sizesBytes) contents.makeKey(bytes, { high: 0, low: 0 });
  const views = new Views(contents, hasTies);
  for (let repository = 0; repository < repositoryCount; repository += 1) views.add();
  return { views, model: new ModelViews(repositoryCount, sizesBytes, hasTies) };
}

type Either = Pick<Views, 'holds' | 'bytes'> & Partial<Pick<Views, 'liveBytes'>>;

/** Who holds what and how much, in the views that were touched. */
function facts(views: Either): readonly unknown[] {
  const touched = [0, 1, 2, 31, 32, 40];
  return touched.flatMap((view) =>
    touched.map((repository) => ({
      held: sizesBytes.map((_, key) => views.holds(view, repository, key)),
      bytes: views.bytes(view, repository),
    })),
  );
}

function seen(views: Either): readonly unknown[] {
  const touched = [0, 1, 2, 31, 32, 40];
  const live = touched.flatMap((view) =>
    touched.map((repository) => views.liveBytes?.(view, repository)),
  );
  return [...facts(views), ...live];
}
