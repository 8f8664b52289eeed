/** `arrivals SUFFIX MINSIZE MAXSIZE INTERVAL REPO...`: files that come while time passes. */
import { unknownRepository } from '../../acts/troubles.ts';
import { name, positiveDuration, size, wordsField, type WordField } from '../../language/fields.ts';
import { aSize, misread } from '../../language/misread.ts';
import { printSize } from '../../language/print-size.ts';
import { readSizeWord } from '../../language/values.ts';
import { done, troubled } from '../../state/state.ts';
import { untilArrivalMs } from '../../time/arriving.ts';
import type { Arrivals } from '../../transfers/clockwork.ts';
import type { CommandRow } from '../row.ts';

/** A size that is drawn up to, in doubles. */
const mostBytes: WordField<bigint> = {
  kind: 'word',
  usage: 'MAXSIZE',
  read(word, dialect) {
    const bytes = readSizeWord(word.text, dialect);
    if (bytes !== undefined && bytes <= BigInt(Number.MAX_SAFE_INTEGER)) return bytes;
    return misread(word, 'file size', `${aSize}, below 9 PB`);
  },
  print: printSize,
};

/** One of two words, the first of them when it is left out. */
function either<First extends string, Second extends string>(
  first: First,
  second: Second,
): WordField<First | Second> {
  return {
    kind: 'word',
    usage: '',
    missing: { value: first },
    isItsOwn: ({ text }) => text === first || text === second,
    read: ({ text }) => (text === second ? second : first),
    print: String,
  };
}

/** Files that come from now on; those of the same suffix that came before come no more. */
export const arrivals: CommandRow<Arrivals> = {
  isOwn: true,
  fields: {
    suffix: name('SUFFIX'),
    leastBytes: size('MINSIZE', 'file size'),
    mostBytes,
    sizes: either('uniform', 'pareto'),
    times: either('poisson', 'steady'),
    intervalMs: positiveDuration('INTERVAL'),
    repositories: wordsField('REPO...', 1),
  },
  check: ({ leastBytes, mostBytes }, wordOf) =>
    leastBytes > mostBytes
      ? misread(wordOf('mostBytes'), 'file size', `no less than ${wordOf('leastBytes').text}`)
      : undefined,
  does(arrivals, state) {
    const { network, clock, clockwork } = state;
    const { suffix, repositories } = arrivals;
    for (const name of repositories) {
      if (network.find(name) === undefined) return troubled(unknownRepository(name, network));
    }
    const count = clockwork.streams.get(suffix)?.count ?? 0;
    const atMs = clock.ms + untilArrivalMs({ arrivals }, state);
    clockwork.streams.set(suffix, { arrivals, count, atMs });
    return done;
  },
};
