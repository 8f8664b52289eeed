/** What counts changes, and which: whoever remembers anything relies on these numbers alone. */
import { expect, test } from 'vitest';
import { Contents } from '../../../src/simulation/world/contents.ts';
import { DiskRoom } from '../../../src/simulation/world/disks.ts';
import { Views } from '../../../src/simulation/world/views.ts';

interface Counted {
  readonly contents: Contents;
  readonly views: Views;
  readonly disks: DiskRoom;
}

type Count =
  | 'contents'
  | 'rearrangements'
  | 'revisions'
  | 'writes'
  | 'sizes of 0'
  | 'sizes of 1'
  | 'disks';

/** In order: what is done, and every number that is another then. */
const changes: readonly (readonly [string, (counted: Counted) => void, readonly Count[]])[] = [
  ['a new file with a new key', (to) => file(to, 'f', 'x'), ['contents']],
  ['another file with that key', (to) => file(to, 'g', 'x'), ['contents', 'rearrangements']],
  [
    'another key of a file',
    (to) => file(to, 'g', 'y'),
    ['contents', 'rearrangements', 'revisions'],
  ],
  ['metadata', ({ contents }) => contents.metadata.set(0, 'a', ['b']), ['contents', 'revisions']],
  ['a file that goes', ({ contents }) => contents.removeFile(1), ['contents', 'rearrangements']],
  ['a file that went before', ({ contents }) => contents.removeFile(1), []],
  ['a content that comes', ({ views }) => views.set(0, 0, 0, true, 1), ['writes', 'sizes of 0']],
  ['a content that is there already', ({ views }) => views.set(0, 0, 0, true, 2), ['writes']],
  ['what another one learns', ({ views }) => views.merge(0, 1), ['writes', 'sizes of 1']],
  ['what another one knows already', ({ views }) => views.merge(0, 1), []],
  [
    'what another one learns of what was written since',
    ({ views }) => {
      views.lastWrites(0);
      views.merge(0, 1);
      views.set(0, 1, 1, true, 3);
      views.merge(0, 1);
    },
    ['writes', 'sizes of 0', 'sizes of 1'],
  ],
  ['a view that is forgotten', ({ views }) => views.clear(1), ['writes', 'sizes of 1']],
  ['a disk', ({ disks }) => disks.setSize(0, 9n), ['disks']],
  ['what is on its way to it', ({ disks }) => disks.expect(0, 5n), []],
  ['what is on its way no more', ({ disks }) => disks.release(0, 5n), ['disks']],
];

function file({ contents }: Counted, name: string, key: string): void {
  contents.setFile(name, contents.useKey(`WORM-s1--${key}`) ?? -1);
}

function countsOf({ contents, views, disks }: Counted): Readonly<Record<Count, number>> {
  return {
    contents: contents.changes,
    rearrangements: contents.rearrangements,
    revisions: contents.revisions,
    writes: views.writes,
    'sizes of 0': views.sizeChanges(0),
    'sizes of 1': views.sizeChanges(1),
    disks: disks.changes,
  };
}

function begun(): Counted {
  const contents = new Contents();
  const views = new Views(contents, false);
  views.add();
  views.add();
  return { contents, views, disks: new DiskRoom(views) };
}

test('each change is counted by those numbers that tell of it', () => {
  const counted = begun();
  const told = changes.map(([what, change]) => {
    const before = countsOf(counted);
    change(counted);
    const after = countsOf(counted);
    return [
      what,
      Object.entries(after)
        .filter(([name, count]) => count !== Reflect.get(before, name))
        .map(([name]) => name),
    ];
  });

  expect(told).toEqual(changes.map(([what, , counts]) => [what, counts]));
});

test('a number that was once seen does not come again, not by taking changes back either', () => {
  const { views, contents } = begun();
  contents.useKey('WORM-s1--x');
  const seen = [[views.writes, views.sizeChanges(0)]];
  const undo = (views.undo = []);
  views.set(0, 0, 0, true, 1);
  views.undo = undefined;
  seen.push([views.writes, views.sizeChanges(0)]);
  views.takeBack(undo);
  seen.push([views.writes, views.sizeChanges(0)]);
  views.clear(0);
  seen.push([views.writes, views.sizeChanges(0)]);
  views.restore(0, 0, 0, 3);
  const writes = seen.map(([count]) => count);

  expect(new Set(writes).size).toBe(4);
  expect(new Set(seen.map(([, sizes]) => sizes)).size).toBe(4);
  expect(views.writes).toBeGreaterThan(Math.max(...writes.map(Number)));
});
