import type { Glob } from '../units/index.ts';
import {
  readBalanced,
  readCopies,
  readGlob,
  readLacking,
  readMetadata,
  readName,
  readNothing,
  readSize,
  type BalancedArgument,
  type CopiesArgument,
  type MetadataArgument,
  type ReadArgument,
} from './arguments.ts';

/** What a term carries, by its name. A term is added here, in the table below, and in the grammar. */
export interface TermArguments {
  readonly anything: null;
  readonly nothing: null;
  readonly present: null;
  readonly securehash: null;
  readonly inpreferreddir: null;
  readonly standard: null;
  readonly groupwanted: null;
  readonly unused: null;
  readonly include: Glob;
  readonly exclude: Glob;
  readonly copies: CopiesArgument;
  readonly lackingcopies: bigint;
  readonly approxlackingcopies: bigint;
  readonly inbackend: string;
  readonly inallgroup: string;
  readonly onlyingroup: string;
  readonly smallerthan: bigint;
  readonly largerthan: bigint;
  readonly metadata: MetadataArgument;
  readonly balanced: BalancedArgument;
  readonly fullybalanced: BalancedArgument;
  readonly sizebalanced: BalancedArgument;
  readonly fullysizebalanced: BalancedArgument;
}

export type TermName = keyof TermArguments;

/** What the value of a term can change with, besides the expression itself. */
export type Dependence =
  /** Nothing: one value for all. */
  | 'nothing'
  /** The key alone. */
  | 'key'
  /** The name of the file that is asked for. */
  | 'file'
  /** The metadata of the key. */
  | 'metadata'
  /** Which repositories have the key. */
  | 'locations'
  /** Whether this repository has the key. */
  | 'presence'
  /** How full repositories are. */
  | 'sizes'
  /** Groups, trust, numcopies, maxsizes: settings of the annex. */
  | 'settings';

/** One term of the language: everything that is known of it apart from its evaluation. */
export interface TermRow<N extends TermName> {
  /** Bare terms stand alone, valued ones go on with `=VALUE`. */
  readonly form: 'bare' | 'valued';
  readonly syntax: string;
  /** When it is true, in a line. */
  readonly meaning: string;
  readonly dependsOn: readonly Dependence[];
  /**
   * Using it under `not` makes the expression unstable, so that git-annex does not use it
   * (spec/expressions.md section 10). `standard` and `groupwanted` are as stable as what they stand for.
   */
  readonly stability: 'stable' | 'unstable' | 'as what it stands for';
  /** First version of git-annex that accepts it. */
  readonly since: string;
  readonly read: ReadArgument<TermArguments[N]>;
}

const stable = { stability: 'stable' } as const;
const unstable = { stability: 'unstable' } as const;
const standsFor = { stability: 'as what it stands for' } as const;

/** The preferred content terms of git-annex 10.20250416 (spec/expressions.md sections 2 and 6). */
export const terms: { readonly [N in TermName]: TermRow<N> } = {
  anything: {
    ...bare('anything', '5.20150617'),
    ...stable,
    meaning: 'always true',
    dependsOn: ['nothing'],
  },
  nothing: {
    ...bare('nothing', '6.20160211'),
    ...stable,
    meaning: 'always false',
    dependsOn: ['nothing'],
  },
  present: {
    ...bare('present', '3.20121112'),
    ...unstable,
    meaning: 'the repository has the content, also when asked whether it may be dropped',
    dependsOn: ['presence'],
  },
  securehash: {
    ...bare('securehash', '6.20170228'),
    ...stable,
    meaning: 'the backend of the key is a cryptographically secure hash',
    dependsOn: ['key'],
  },
  inpreferreddir: {
    ...bare('inpreferreddir', '4.20130501'),
    ...stable,
    meaning: "the file is directly in a directory named as the special remote's preferreddir",
    dependsOn: ['file', 'settings'],
  },
  standard: {
    ...bare('standard', '5.20140320'),
    ...standsFor,
    meaning: "the expression of the repository's one standard group; `present` without one",
    dependsOn: ['key', 'file', 'locations', 'presence', 'settings'],
  },
  groupwanted: {
    ...bare('groupwanted', '5.20140320'),
    ...standsFor,
    meaning: 'the groupwanted expression of the one group that has one; `present` otherwise',
    dependsOn: ['key', 'file', 'metadata', 'locations', 'presence', 'sizes', 'settings'],
  },
  unused: {
    ...bare('unused', '5.20140127'),
    ...stable,
    meaning: 'no file uses the key and the last search for unused keys listed it',
    dependsOn: ['key', 'file'],
  },
  include: {
    ...valued('include=GLOB', '3.20121009', readGlob('path')),
    ...stable,
    meaning: 'the path of the file matches the glob',
    dependsOn: ['file'],
  },
  exclude: {
    ...valued('exclude=GLOB', '3.20121009', readGlob('path')),
    ...stable,
    meaning: 'the path of the file does not match the glob, or there is no file',
    dependsOn: ['file'],
  },
  copies: {
    ...valued('copies=[LEVEL:|LEVEL+:|GROUP:]NUMBER', '3.20121009', readCopies),
    ...stable,
    meaning: 'at least that many repositories (of the trust level, in the group) have the content',
    dependsOn: ['locations', 'settings'],
  },
  lackingcopies: {
    ...valued('lackingcopies=NUMBER', '5.20140127', readLacking),
    ...stable,
    meaning: 'at least that many more copies are needed to satisfy numcopies for the file',
    dependsOn: ['locations', 'file', 'settings'],
  },
  approxlackingcopies: {
    ...valued('approxlackingcopies=NUMBER', '5.20140127', readLacking),
    ...stable,
    meaning: 'the same without looking at .gitattributes',
    dependsOn: ['locations', 'settings'],
  },
  inbackend: {
    ...valued('inbackend=NAME', '10.20220927', readName),
    ...stable,
    meaning: 'the key is of that backend',
    dependsOn: ['key'],
  },
  inallgroup: {
    ...valued('inallgroup=GROUP', '3.20121010', readName),
    ...stable,
    meaning: 'every repository in the group has the content',
    dependsOn: ['locations', 'settings'],
  },
  onlyingroup: {
    ...valued('onlyingroup=GROUP', '10.20230802', readName),
    ...stable,
    meaning: 'some repository in the group has the content, and none outside of it',
    dependsOn: ['locations', 'settings'],
  },
  smallerthan: {
    ...valued('smallerthan=SIZE', '3.20121009', readSize),
    ...stable,
    meaning: 'the content is smaller than that, or of unknown size',
    dependsOn: ['key'],
  },
  largerthan: {
    ...valued('largerthan=SIZE', '3.20121009', readSize),
    ...stable,
    meaning: 'the content is larger than that',
    dependsOn: ['key'],
  },
  metadata: {
    ...valued('metadata=FIELD=GLOB, or FIELD<VALUE, <=, >, >=', '5.20140221', readMetadata),
    ...stable,
    meaning: 'some value of the metadata field matches the glob or compares so',
    dependsOn: ['metadata'],
  },
  balanced: {
    ...valued('balanced=GROUP[:NUMBER]', '10.20240831', readBalanced),
    ...unstable,
    meaning: 'the repository has the content, or is one of the members picked for the key',
    dependsOn: ['key', 'presence', 'locations', 'sizes', 'settings'],
  },
  fullybalanced: {
    ...valued('fullybalanced=GROUP[:NUMBER]', '10.20240831', readBalanced),
    ...stable,
    meaning: 'the repository is one of the members with room that are picked for the key',
    dependsOn: ['key', 'locations', 'sizes', 'settings'],
  },
  sizebalanced: {
    ...valued('sizebalanced=GROUP[:NUMBER]', '10.20240831', readBalanced),
    ...unstable,
    meaning: 'the repository has the content, or is among the members with most free space',
    dependsOn: ['key', 'presence', 'locations', 'sizes', 'settings'],
  },
  fullysizebalanced: {
    ...valued('fullysizebalanced=GROUP[:NUMBER]', '10.20240831', readBalanced),
    ...stable,
    meaning: 'the repository is among the members with the largest share of free space',
    dependsOn: ['key', 'locations', 'sizes', 'settings'],
  },
};

/** Whether a word is the name of a term. */
export function isTermName(word: string): word is TermName {
  return Object.hasOwn(terms, word);
}

function bare(
  syntax: string,
  since: string,
): { form: 'bare'; syntax: string; since: string; read: ReadArgument<null> } {
  return { form: 'bare', syntax, since, read: readNothing };
}

function valued<A>(
  syntax: string,
  since: string,
  read: ReadArgument<A>,
): { form: 'valued'; syntax: string; since: string; read: ReadArgument<A> } {
  return { form: 'valued', syntax, since, read };
}
