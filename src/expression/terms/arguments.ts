/**
 * How the values of most valued terms are read; those that count or balance have files of their
 * own.
 */
import { compileGlob, parseSize, type Glob, type GlobFlavour } from '../../units/index.ts';
import { largeNumbersOf } from './dialect.ts';
import { readArgument, refuse, type ReadArgument } from './reading.ts';
import { quotedWord } from './visible.ts';

/** A bare term has nothing to read. */
export const readNothing: ReadArgument<null> = () => readArgument(null);

/** A name taken as it stands: a group, a backend. */
export const readName: ReadArgument<string> = (value) => readArgument(value);

/** A glob; one that cannot be compiled is accepted (spec/expressions.md section 6.4). */
export function readGlob(flavour: GlobFlavour): ReadArgument<Glob> {
  return (value) => readArgument(compileGlob(value, flavour));
}

/** A data size (spec/expressions.md section 5.2, spec/newest.md section 2.2). */
export const readSize: ReadArgument<bigint> = (value, name, dialect) => {
  const bytes = parseSize(value, largeNumbersOf(dialect));
  if (bytes !== undefined) return readArgument(bytes);
  return refuse({
    code: 'BX107',
    message: `"${name}" wants a size, got ${value === '' ? 'nothing' : quotedWord(value)}`,
    expected: 'a number and a unit, such as 100kb, 1.5GB or 2GiB',
    hint: 'units are b, kB, MB, GB, TB, PB, EB and KiB, MiB, GiB, TiB, PiB, EiB',
    gitAnnexMessage: 'bad size',
  });
};
