/** `addmulti N SUFFIX MINSIZE MAXSIZE REPO...`: so many files, `1SUFFIX` and so on. */
import { pause } from '../../acts/requests.ts';
import { name, number, size, wordsField } from '../../language/fields.ts';
import { beyond } from '../../language/misread.ts';
import { addOne } from '../../state/adding.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `addmulti` say. */
export interface AddMulti {
  readonly count: bigint;
  readonly suffix: string;
  readonly leastBytes: bigint;
  readonly mostBytes: bigint;
  readonly repositories: readonly string[];
}

/** How many files one command adds: more do not fit in memory. */
const filesAddedMax = 100_000_000n;

const filesBetweenPauses = 1 << 16;

/** "For i = N down to 1: random size, then as `add iSUFFIX SIZE REPO...`." */
export const addmulti: CommandRow<AddMulti> = {
  isAdding: true,
  fields: {
    count: number('number'),
    suffix: name('SUFFIX'),
    leastBytes: size('MINSIZE', 'file size'),
    mostBytes: size('MAXSIZE', 'file size'),
    repositories: wordsField('REPO...', 0),
  },
  check({ count, leastBytes, mostBytes }, wordOf) {
    // The real program never ends with none, or fewer (spec/sim.md section 12.13).
    if (count < 1n || count > filesAddedMax) {
      return beyond(wordOf('count'), `from 1 to ${filesAddedMax}`);
    }
    const spread = mostBytes > leastBytes ? mostBytes - leastBytes : leastBytes - mostBytes;
    if (spread < 1n << 64n) return undefined;
    return beyond(wordOf('mostBytes'), 'sizes less than 2^64 bytes apart');
  },
  *filesOf({ count, suffix }) {
    for (let number = 1; number <= Number(count); number += 1) yield `${number}${suffix}`;
  },
  *does({ count, suffix, leastBytes, mostBytes, repositories }, state) {
    for (let number = Number(count); number > 0; number -= 1) {
      const sizeBytes = state.randomness.between(leastBytes, mostBytes);
      const trouble = addOne(`${number}${suffix}`, sizeBytes, repositories, state);
      if (trouble !== undefined) return troubled(trouble);
      if (number % filesBetweenPauses === 0) yield pause;
    }
    return done;
  },
};
