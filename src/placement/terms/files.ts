/** The terms about the file that is asked for (spec/expressions.md sections 6.2, 6.12 and 6.13). */
import type { Glob } from '../../units/index.ts';
import { lintGlob, undecidable } from '../family/globs.ts';
import type { Lints } from '../family/lint.ts';
import { fileWords, quotedReason, type Reasons } from '../family/reason.ts';
import type { Meanings } from '../family/setting.ts';
import type { RepositorySettings } from '../world/configuration.ts';
import type { Operand } from '../world/question.ts';

type Names = 'include' | 'exclude' | 'inpreferreddir' | 'unused';

/** What the terms mean. */
export const compile: Meanings<Names> = {
  include: compileInclude,
  exclude: compileExclude,
  inpreferreddir: (_, { annex, repository }) => compileInPreferredDir(annex.settings(repository)),
  unused: () => isUnused,
};

/** Why the terms have their values. */
export const because: Reasons<Names> = {
  include: (_, from) => fileWords(from),
  exclude: (_, from) => fileWords(from),
  inpreferreddir: (_, from) => {
    const { preferreddir = usualPreferredDir } = from.annex.settings(from.question.repository);
    return `preferreddir is ${quotedReason(preferreddir)}, ${fileWords(from)}`;
  },
  unused: (_, from) => {
    const { item, world } = from.question;
    if (item.file !== undefined) return fileWords(from);
    const isListed = world.isUnused?.(item) === true;
    return `no file uses it, and the last search ${isListed ? 'listed it' : 'did not list it'}`;
  },
};

/** What is odd about the terms. */
export const lint: Lints<Names> = {
  include: { alone: (term) => lintGlob(term.argument, term) },
  exclude: { alone: (term) => lintGlob(term.argument, term) },
  inpreferreddir: {},
  unused: {},
};

/** False for a key without a file. */
function compileInclude(glob: Glob): Operand {
  if (!glob.isCompilable) return undecidable;
  return ({ item }) => item.file !== undefined && glob.matches(item.file);
}

/** The exact opposite, so true for a key without a file. */
function compileExclude(glob: Glob): Operand {
  if (!glob.isCompilable) return undecidable;
  return ({ item }) => item.file === undefined || !glob.matches(item.file);
}

/** The preferreddir of a repository that has none set. */
const usualPreferredDir = 'public';

/**
 * A component of the file's directory equals preferreddir, where each component but the last keeps its
 * `/`. So only the directory directly above is met by a name without `/`.
 */
function compileInPreferredDir({ preferreddir = usualPreferredDir }: RepositorySettings): Operand {
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

/** No file uses the key, and the last search listed it. */
const isUnused: Operand = ({ item, world }) =>
  item.file === undefined && (world.isUnused?.(item) ?? false);
