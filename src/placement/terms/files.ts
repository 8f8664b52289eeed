/** The terms about the file that is asked for (spec/expressions.md sections 6.2, 6.12 and 6.13). */
import type { Glob } from '../../units/index.ts';
import type { RepositorySettings } from '../world/configuration.ts';
import type { Operand } from '../world/question.ts';

/** `include=`: false for a key without a file. */
export function compileInclude(glob: Glob): Operand {
  if (!glob.isCompilable) return undecidable;
  return ({ item }) => item.file !== undefined && glob.matches(item.file);
}

/** `exclude=`: the exact opposite, so true for a key without a file. */
export function compileExclude(glob: Glob): Operand {
  if (!glob.isCompilable) return undecidable;
  return ({ item }) => item.file === undefined || !glob.matches(item.file);
}

/**
 * A glob that cannot be compiled. The real program hangs here, so no answer is compatible; the
 * whole question is then answered as if the expression did not parse: what is present stays
 * (spec/expressions.md section 9).
 */
export const undecidable: Operand = (question) => {
  question.isUndecidable = true;
  return false;
};

/**
 * `inpreferreddir`: a component of the file's directory equals preferreddir, where each component
 * but the last keeps its `/`. So only the directory directly above is met by a name without `/`.
 */
export function compileInPreferredDir({ preferreddir = 'public' }: RepositorySettings): Operand {
  if (preferreddir === '') return () => false;
  return ({ item: { file } }) =>
    file !== undefined && directoryComponents(file).includes(preferreddir);
}

function directoryComponents(file: string): readonly string[] {
  const end = file.lastIndexOf('/');
  if (end < 0) return ['.'];
  const names = file.slice(0, end).split('/');
  return names.map((name, index) => (index < names.length - 1 ? `${name}/` : name));
}

/** `unused`: no file uses the key, and the last search listed it. */
export const isUnused: Operand = ({ item, world }) =>
  item.file === undefined && (world.isUnused?.(item) ?? false);
