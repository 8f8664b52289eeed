import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FileOrder } from '../../../src/simulation/world/file-order.ts';
import { FilesOfKeys } from '../../../src/simulation/world/files-of-keys.ts';
import { LastWrites } from '../../../src/simulation/world/last-writes.ts';
import { check } from '../../../properties/settings.ts';

function told(writes: LastWrites, position: number): [number, number][] {
  const entries: [number, number][] = [];
  writes.tell(position, (repository, key) => entries.push([repository, key]));
  return entries;
}

test('the last writes tell what came after a position, for as long as they remember it', () => {
  check(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 20_000 })), {
        minLength: 1,
        maxLength: 9000,
        size: 'max',
      }),
      fc.nat({ max: 5 }),
      (entries, first) => {
        const writes = new LastWrites(first);
        for (const [repository, key] of entries) writes.add(repository, key);

        expect(writes.end).toBe(first + entries.length);
        let remembered = 0;
        for (let position = first; position <= writes.end; position += 97) {
          if (!writes.remembers(position)) continue;
          remembered += 1;
          expect(told(writes, position)).toEqual(entries.slice(position - first));
        }
        expect(writes.remembers(writes.end)).toBe(true);
        expect(writes.remembers(writes.end + 1)).toBe(false);
        expect(writes.remembers(first - 1)).toBe(false);
        expect(entries.length > 1024 || remembered > 0).toBe(true);
      },
    ),
    30,
  );
});

test('last writes that begin where others ended know nothing of before', () => {
  const writes = new LastWrites(7);
  writes.add(1, 2);

  expect(writes.remembers(6)).toBe(false);
  expect(told(writes, 7)).toEqual([[1, 2]]);
});

test('files are in the order of their bytes, however they come and go', () => {
  check(
    fc.property(
      fc.array(
        fc.oneof(
          fc.record({
            comes: fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 })),
          }),
          fc.record({ goes: fc.nat() }),
        ),
      ),
      (changes) => {
        const names: string[] = [];
        const there = new Map<string, number>();
        const order = new FileOrder({
          nameOf: (file) => names[file] ?? '',
          numberOf: (name) => there.get(name) ?? -1,
        });
        for (const change of changes) {
          if ('goes' in change) {
            const [name] = [...there.keys()].slice(change.goes % Math.max(1, there.size));
            const file = name === undefined ? undefined : there.get(name);
            if (name === undefined || file === undefined) continue;
            there.delete(name);
            order.remove(file);
          } else {
            for (const name of new Set(change.comes)) {
              if (there.has(name)) continue;
              there.set(name, names.length);
              order.add(names.length);
              names.push(name);
            }
          }
          const sorted = [...there.keys()].toSorted((left, right) =>
            Buffer.compare(Buffer.from(left), Buffer.from(right)),
          );
          const ordered = order.get();
          expect([...ordered].map((file) => names[file])).toEqual(sorted);
          for (const [place, name] of sorted.entries()) {
            expect(order.placeAfter(name)).toBe(place + 1);
          }
        }
      },
    ),
  );
});

test('the files of a key are found, whichever have it, and whether any had it before', () => {
  const files = new FilesOfKeys();
  const keys = Int32Array.of(5, 5, 2, 5);

  expect([0, 1].map((file) => files.add(file, 5))).toEqual([true, false]);
  expect(new Set(files.of(5, keys, 2))).toEqual(new Set([0, 1]));
  expect(files.add(2, 2)).toBe(true);
  expect(files.add(3, 5)).toBe(false);
  expect(new Set(files.of(5, keys, 4))).toEqual(new Set([0, 1, 3]));
  expect([...files.of(2, keys, 4)]).toEqual([2]);
  expect([...files.of(9, keys, 4)]).toEqual([]);
  files.forget();
  expect(new Set(files.of(5, Int32Array.of(2, 5, 2, 5), 4))).toEqual(new Set([1, 3]));
});
