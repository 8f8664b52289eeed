/** What one view learns of another although much is passed over, and what is left of changes that are taken back. */
import { expect, test } from 'vitest';
import { Contents } from '../../../src/simulation/world/contents.ts';
import { Views, type Undo } from '../../../src/simulation/world/views.ts';

/** Three views, which know nothing of two keys with a byte each. */
function begun(hasTies = false): Views {
  const contents = new Contents();
  for (const name of ['x', 'y']) contents.setFile(name, contents.useKey(`WORM-s1--${name}`) ?? -1);
  const views = new Views(contents, hasTies);
  for (let number = 0; number < 3; number += 1) views.add();
  return views;
}

/** Does something, and takes it back. */
function doneAndTakenBack(views: Views, change: () => void): void {
  const undo: Undo[] = [];
  views.undo = undo;
  change();
  views.undo = undefined;
  views.takeBack(undo);
}

test('who had seen all last writes of a view is not up to date with what comes after it was forgotten', () => {
  const views = begun();
  views.lastWrites(0);
  views.set(0, 0, 0, true, 1);
  const { end } = views.lastWrites(0);
  views.clear(0);
  const isRemembered = views.lastWrites(0).remembers(end);
  for (let clock = 2; clock < 5; clock += 1) views.set(0, 0, 1, true, clock);

  expect(isRemembered).toBe(false);
  expect(views.lastWrites(0).remembers(end)).toBe(false);
});

test('a view that was forgotten and knows as much again teaches it', () => {
  const views = begun();
  views.set(0, 0, 0, true, 1);
  views.merge(0, 1);
  views.clear(0);
  views.set(0, 0, 0, false, 2);
  views.merge(0, 1);

  expect(views.holds(1, 0, 0)).toBe(false);
});

test('what was learned is passed on, the first time and every other', () => {
  const views = begun();
  for (const [clock, isPresent] of [true, false, true].entries()) {
    views.set(0, 0, 0, isPresent, clock + 1);
    views.merge(0, 1);
    views.merge(1, 2);

    expect(views.holds(2, 0, 0)).toBe(isPresent);
  }
});

test('what was learned and taken back is learned again', () => {
  const views = begun();
  views.set(0, 0, 0, true, 1);
  doneAndTakenBack(views, () => views.merge(0, 1));
  const wasTakenBack = !views.holds(1, 0, 0);
  views.merge(0, 1);

  expect(wasTakenBack).toBe(true);
  expect(views.holds(1, 0, 0)).toBe(true);
});

test('a running total is taken back, also where the cell kept its value, and where there was none', () => {
  const views = begun(true);
  views.set(0, 0, 0, true, 1);
  doneAndTakenBack(views, () => views.set(0, 0, 0, false, 1));
  doneAndTakenBack(views, () => views.set(0, 1, 0, true, 1));

  expect(views.liveBytes(0, 0)).toBe(1n);
  expect(views.liveBytes(0, 1)).toBeUndefined();
});
