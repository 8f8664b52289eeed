/** What the table of terms says of each term. */
import type { Glob } from '../../units/index.ts';
import { parseDialect, type Dialect } from './dialect.ts';
import { readNothing } from './arguments.ts';
import type { ReadArgument } from './reading.ts';

/** What the value of a term can change with, besides the expression itself. */
export type Dependence =
  /** Nothing: one value for all. */
  | 'nothing'
  /** The key alone: a constant of the key. */
  | 'key'
  /** The name of the file that is asked for. */
  | 'file'
  /** The metadata of the key. */
  | 'metadata'
  /** The urls recorded for the key. */
  | 'urls'
  /** Which repositories have the key. */
  | 'locations'
  /** Whether this repository has the key. */
  | 'presence'
  /** How full repositories are: their free space. */
  | 'sizes'
  /** Groups, trust, numcopies, maxsizes: settings of the annex. */
  | 'settings';

/**
 * What one more copy of the content does to the value of a term, with sizes as they are: nothing,
 * make it true at most (`up`), make it false at most (`down`), or either.
 */
export type Polarity = 'constant' | 'up' | 'down' | 'neither';

/**
 * Facts that a term asks the world for, besides locations and configuration; without them it is
 * guessed.
 */
export type Need =
  | 'fileName'
  | 'metadata'
  | 'urls'
  /** The size field of the key. */
  | 'keySize'
  /** How much each repository holds. */
  | 'repositorySizes'
  /** annex.numcopies of .gitattributes. */
  | 'attributes'
  /** Keys recorded as equivalent to a VURL key. */
  | 'equivalentKeys'
  /** The result of the last search for unused keys. */
  | 'unusedKeys';

/** A form of a term that came later than the term. */
export interface LaterForm {
  readonly syntax: string;
  readonly meaning: string;
  readonly since: Dialect;
  /** First version that answers it rightly, when that is a later one. */
  readonly soundSince?: Dialect;
}

/**
 * One term of the language, valued `A`: everything that is known of it apart from its evaluation.
 */
export interface TermFacts<A> {
  /** Bare terms stand alone, valued ones go on with `=VALUE`. */
  readonly form: 'bare' | 'valued';
  readonly syntax: string;
  /** When it is true, in a line. */
  readonly meaning: string;
  readonly dependsOn: readonly Dependence[];
  readonly polarity: Polarity;
  readonly needs: readonly Need[];
  /**
   * Using it under `not` makes the expression unstable, so that git-annex does not use it
   * (spec/expressions.md section 10). `standard` and `groupwanted` are as stable as what they stand
   * for.
   */
  readonly stability: 'stable' | 'unstable' | 'as what it stands for';
  /** First version of git-annex that accepts it. */
  readonly since: Dialect;
  readonly later: readonly LaterForm[];
  /**
   * The glob in its value. Where that cannot be compiled no value of the term is right
   * (spec/expressions.md section 6.4).
   */
  readonly globIn: (argument: A) => Glob | undefined;
  /** What git-annex's `--explain` calls it: the text, or the name alone (spec/newest.md section 1.5). */
  readonly explainedAs: 'text' | 'name';
  readonly read: ReadArgument<A>;
}

type Defaults = 'stability' | 'needs' | 'later' | 'polarity' | 'globIn' | 'explainedAs';

/** What a row says of its own; the rest has a usual value. */
type Own<A> = Omit<TermFacts<A>, 'form' | 'syntax' | 'since' | 'read' | Defaults> &
  Partial<Pick<TermFacts<A>, Defaults>>;

const usual = {
  stability: 'stable',
  needs: [],
  later: [],
  polarity: 'constant',
  globIn: () => undefined,
  explainedAs: 'text',
} as const;

/** The row of a bare term, by its name and first version. */
export function bare(syntax: string, since: string, own: Own<null>): TermFacts<null> {
  return { ...usual, ...own, form: 'bare', syntax, since: version(since), read: readNothing };
}

/** The row of a valued term, by its syntax, its first version, and how its value is read. */
export function valued<A>(
  syntax: string,
  [since, read]: readonly [since: string, read: ReadArgument<A>],
  own: Own<A>,
): TermFacts<A> {
  return { ...usual, ...own, form: 'valued', syntax, since: version(since), read };
}

function version(text: string): Dialect {
  const dialect = parseDialect(text);
  if (dialect === undefined) throw new Error(`the table of terms has a version ${text}`);
  return dialect;
}
