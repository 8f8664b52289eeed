import { standsTwice, unknownRepository } from '../../acts/troubles.ts';
import type { WordsField } from '../../language/fields.ts';
import { misread, type Misread } from '../../language/misread.ts';
import { textsFrom, wordAt, type CommandWord } from '../../language/words.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `partition` say. */
export interface Partition {
  readonly sides: readonly (readonly string[])[];
}

const sides: WordsField<readonly (readonly string[])[]> = {
  kind: 'words',
  usage: 'REPO... | REPO...',
  countMin: 0,
  readAll: readSides,
  printAll: (all) => all.flatMap((side, index) => (index > 0 ? ['|', ...side] : side)),
};

function readSides(from: CommandWord | undefined): readonly (readonly string[])[] | Misread {
  const all: string[][] = [[]];
  for (const text of textsFrom(from)) {
    if (text === '|') all.push([]);
    else all.at(-1)?.push(text);
  }
  if (all.length > 1 && all.every((side) => side.length > 0)) return all;
  return misread(
    wordAt(all.length > 1 ? '|' : '', 0, undefined),
    'partition',
    'partition a b | c',
    {
      message: 'a partition has repositories on two sides at least',
    },
  );
}

/** `partition A... | B...`: the sides do not reach each other; those that it does not name reach all. */
export const partition: CommandRow<Partition> = {
  isOwn: true,
  fields: { sides },
  does({ sides }, { network }) {
    const numbers: number[][] = [];
    for (const side of sides) {
      const found: number[] = [];
      for (const name of side) {
        const number = network.find(name);
        if (number === undefined) return troubled(unknownRepository(name, network));
        if (numbers.some((other) => other.includes(number))) return troubled(standsTwice(name));
        found.push(number);
      }
      numbers.push(found);
    }
    network.reach.part(numbers);
    return done;
  },
};
