/** What repositories believe about where contents are. */
import * as v from 'valibot';
import { bytes, fit, listOf, objectOf, orNull, wholeNumbers } from '../../shapes/index.ts';
import type { Views } from '../world/views.ts';
import type { SavedPart } from './part.ts';

/** Of a saved state: what repositories believe about where contents are. */
export const viewsPart: SavedPart = {
  save: ({ network, views, contents }) => ({
    views: network.repositories.map((_, view) => ({
      columns: network.repositories.map((_, repository) =>
        runsOf(views, view, repository, contents.keyCount),
      ),
      live: network.repositories.map((_, repository) => {
        const live = views.liveBytes(view, repository);
        return live === undefined ? null : String(live);
      }),
    })),
  }),

  read: (whole, { repositories, keys }) => {
    const column = v.pipe(
      wholeNumbers,
      v.check((runs) => cellsIn(runs) <= keys, `pairs of a cell and its count, for ${keys} keys`),
    );
    const view = objectOf(
      { columns: listOf(column, repositories), live: listOf(orNull(bytes), repositories) },
      'a view',
    );
    const shape = objectOf({
      views: v.pipe(
        listOf(view),
        v.length(repositories, `a list of a view for each of ${repositories} repositories`),
      ),
    });
    const saved = fit(shape, whole);
    return ({ views }) => {
      for (const [number, { columns, live }] of saved.views.entries()) {
        for (const [repository, runs] of columns.entries()) {
          restoreColumn(views, number, repository, runs);
        }
        for (const [repository, own] of live.entries()) views.restoreLive(number, repository, own);
      }
    };
  },
};

/** A cell and how often it stands there, and so on. */
function runsOf(views: Views, view: number, repository: number, keyCount: number): number[] {
  const runs: number[] = [];
  for (let key = 0; key < keyCount; ) {
    const cell = views.cell(view, repository, key);
    let end = key + 1;
    while (end < keyCount && views.cell(view, repository, end) === cell) end += 1;
    runs.push(cell, end - key);
    key = end;
  }
  return runs.length === 2 && runs[0] === 0 ? [] : runs;
}

/** How many cells some runs are; beyond all measure where one has no length. */
function cellsIn(runs: readonly number[]): number {
  let length = 0;
  for (let index = 1; index < runs.length; index += 2) {
    const count = runs[index] ?? 0;
    length += count < 1 ? Number.POSITIVE_INFINITY : count;
  }
  return runs.length % 2 === 0 ? length : Number.POSITIVE_INFINITY;
}

function restoreColumn(
  views: Views,
  view: number,
  repository: number,
  runs: readonly number[],
): void {
  let key = 0;
  for (let index = 0; index + 1 < runs.length; index += 2) {
    const cell = runs[index] ?? 0;
    for (const end = key + (runs[index + 1] ?? 0); key < end; key += 1) {
      if (cell !== 0) views.restore(view, repository, key, cell);
    }
  }
}
