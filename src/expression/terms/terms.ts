/**
 * The one table of the preferred content terms (spec/expressions.md sections 2 and 6,
 * spec/newest.md section 1). Parser, evaluator, the search for unstable terms and whoever explains
 * terms read it. A term is added here and as a name in grammar/preferred-content.ohm; the compiler
 * then asks for it in a family of placement/terms, which has its meaning, its reason and its lint.
 */
import type { Glob } from '../../units/index.ts';
import { readGlob, readName, readSize } from './arguments.ts';
import {
  readBalanced,
  readKeepingBalanced,
  type BalancedArgument,
  type KeepingBalancedArgument,
} from './balanced-arguments.ts';
import {
  readCopies,
  readLacking,
  type CopiesArgument,
  type LackingArgument,
} from './copies-arguments.ts';
import { dialects } from './dialect.ts';
import { readMetadata, type MetadataArgument } from './metadata-arguments.ts';
import { bare, valued, type LaterForm, type TermFacts } from './term-row.ts';

/** What a term carries, by its name. */
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
  readonly lackingcopies: LackingArgument;
  readonly approxlackingcopies: LackingArgument;
  readonly inbackend: string;
  readonly inallgroup: string;
  readonly onlyingroup: string;
  readonly smallerthan: bigint;
  readonly largerthan: bigint;
  readonly metadata: MetadataArgument;
  readonly url: Glob;
  readonly balanced: KeepingBalancedArgument;
  readonly fullybalanced: BalancedArgument;
  readonly sizebalanced: KeepingBalancedArgument;
  readonly fullysizebalanced: BalancedArgument;
}

/** The name of a term, such as `copies`. */
export type TermName = keyof TermArguments;

/** The row of a term. */
export type TermRow<N extends TermName> = TermFacts<TermArguments[N]>;

/** Of all balanced terms; the file counts for numcopies of .gitattributes. Two see presence too. */
const balancedDependsOn = ['key', 'file', 'locations', 'sizes', 'settings'] as const;
const balancedNeeds = ['keySize', 'repositorySizes', 'fileName', 'attributes'] as const;

/** Every preferred content term, by its name. */
export const terms: { readonly [N in TermName]: TermRow<N> } = {
  anything: bare('anything', '5.20150617', {
    meaning: 'always true',
    dependsOn: ['nothing'],
  }),
  nothing: bare('nothing', '6.20160211', {
    meaning: 'always false',
    dependsOn: ['nothing'],
  }),
  present: bare('present', '3.20121112', {
    meaning: 'the repository has the content, also when asked whether it may be dropped',
    dependsOn: ['presence'],
    polarity: 'up',
    stability: 'unstable',
  }),
  securehash: bare('securehash', '6.20170228', {
    meaning: 'the backend of the key is a cryptographically secure hash',
    dependsOn: ['key'],
    needs: ['equivalentKeys'],
  }),
  inpreferreddir: bare('inpreferreddir', '4.20130501', {
    meaning: "the file is directly in a directory named as the special remote's preferreddir",
    dependsOn: ['file', 'settings'],
    needs: ['fileName'],
  }),
  standard: bare('standard', '5.20140320', {
    meaning: "the expression of the repository's one standard group; `present` without one",
    dependsOn: ['key', 'file', 'locations', 'presence', 'settings'],
    polarity: 'neither',
    stability: 'as what it stands for',
    needs: ['fileName'],
  }),
  groupwanted: bare('groupwanted', '5.20140320', {
    meaning: 'the groupwanted expression of the one group that has one; `present` otherwise',
    dependsOn: ['key', 'file', 'metadata', 'urls', 'locations', 'presence', 'sizes', 'settings'],
    polarity: 'neither',
    stability: 'as what it stands for',
    needs: [
      'fileName',
      'metadata',
      'urls',
      'keySize',
      'repositorySizes',
      'attributes',
      'equivalentKeys',
      'unusedKeys',
    ],
  }),
  unused: bare('unused', '5.20140127', {
    meaning: 'no file uses the key and the last search for unused keys listed it',
    dependsOn: ['key', 'file'],
    needs: ['fileName', 'unusedKeys'],
  }),
  include: valued('include=GLOB', ['3.20121009', readGlob('path')], {
    meaning: 'the path of the file matches the glob',
    dependsOn: ['file'],
    needs: ['fileName'],
    globIn: (glob) => glob,
  }),
  exclude: valued('exclude=GLOB', ['3.20121009', readGlob('path')], {
    meaning: 'the path of the file does not match the glob, or there is no file',
    dependsOn: ['file'],
    needs: ['fileName'],
    globIn: (glob) => glob,
  }),
  copies: valued('copies=[LEVEL:|LEVEL+:|GROUP:]NUMBER', ['3.20121009', readCopies], {
    meaning: 'at least that many repositories (of the trust level, in the group) have the content',
    dependsOn: ['locations', 'settings'],
    polarity: 'up',
    later: [
      limitForm(
        'copies=LIMIT=NUMBER',
        'at least that many repositories that match the limit have it',
      ),
    ],
  }),
  lackingcopies: valued('lackingcopies=NUMBER', ['5.20140127', readLacking], {
    meaning: 'at least that many more copies are needed to satisfy numcopies for the file',
    dependsOn: ['locations', 'file', 'settings'],
    polarity: 'down',
    needs: ['fileName', 'attributes'],
    later: lackingForms('lackingcopies'),
    explainedAs: 'name',
  }),
  approxlackingcopies: valued('approxlackingcopies=NUMBER', ['5.20140127', readLacking], {
    meaning: 'the same as lackingcopies, without looking at .gitattributes',
    dependsOn: ['locations', 'settings'],
    polarity: 'down',
    later: lackingForms('approxlackingcopies'),
    explainedAs: 'name',
  }),
  inbackend: valued('inbackend=NAME', ['10.20220927', readName], {
    meaning: 'the key is of that backend',
    dependsOn: ['key'],
  }),
  inallgroup: valued('inallgroup=GROUP', ['3.20121010', readName], {
    meaning: 'every repository in the group has the content',
    dependsOn: ['locations', 'settings'],
    polarity: 'up',
  }),
  onlyingroup: valued('onlyingroup=GROUP', ['10.20230802', readName], {
    meaning: 'some repository in the group has the content, and none outside of it',
    dependsOn: ['locations', 'settings'],
    polarity: 'neither',
  }),
  smallerthan: valued('smallerthan=SIZE', ['3.20121009', readSize], {
    meaning: 'the content is smaller than that, or of unknown size',
    dependsOn: ['key'],
    needs: ['keySize'],
  }),
  largerthan: valued('largerthan=SIZE', ['3.20121009', readSize], {
    meaning: 'the content is larger than that',
    dependsOn: ['key'],
    needs: ['keySize'],
  }),
  metadata: valued('metadata=FIELD=GLOB, or FIELD<VALUE, <=, >, >=', ['5.20140221', readMetadata], {
    meaning: 'some value of the metadata field matches the glob or compares so',
    dependsOn: ['metadata'],
    needs: ['metadata'],
    globIn: ({ test }) => (test.kind === 'matches' ? test.glob : undefined),
  }),
  url: valued('url=GLOB', [dialects.url.version, readGlob('url')], {
    meaning: 'some url recorded for the key matches the glob',
    dependsOn: ['urls'],
    needs: ['urls'],
    globIn: (glob) => glob,
  }),
  balanced: valued('balanced=GROUP[:NUMBER]', ['10.20240831', readKeepingBalanced], {
    meaning: 'the repository has the content, or is one of the members picked for the key',
    dependsOn: ['presence', ...balancedDependsOn],
    polarity: 'neither',
    stability: 'unstable',
    needs: balancedNeeds,
    later: balancedForms('balanced'),
  }),
  fullybalanced: valued('fullybalanced=GROUP[:NUMBER]', ['10.20240831', readBalanced], {
    meaning: 'the repository is one of the members with room that are picked for the key',
    dependsOn: balancedDependsOn,
    polarity: 'neither',
    needs: balancedNeeds,
    later: balancedForms('fullybalanced'),
  }),
  sizebalanced: valued('sizebalanced=GROUP[:NUMBER]', ['10.20240831', readKeepingBalanced], {
    meaning: 'the repository has the content, or is among the members with most free space',
    dependsOn: ['presence', ...balancedDependsOn],
    polarity: 'neither',
    stability: 'unstable',
    needs: balancedNeeds,
    later: balancedForms('sizebalanced'),
  }),
  fullysizebalanced: valued('fullysizebalanced=GROUP[:NUMBER]', ['10.20240831', readBalanced], {
    meaning: 'the repository is among the members with the largest share of free space',
    dependsOn: balancedDependsOn,
    polarity: 'neither',
    needs: balancedNeeds,
    later: balancedForms('fullysizebalanced'),
  }),
};

/** Whether a word is the name of a term, in whatever dialect. */
export function isTermName(word: string): word is TermName {
  return Object.hasOwn(terms, word);
}

function limitForm(syntax: string, meaning: string): LaterForm {
  return { syntax, meaning, since: dialects.groupLimits };
}

function lackingForms(name: string): readonly LaterForm[] {
  const meaning = 'that many more copies are needed when only these repositories count';
  return [
    limitForm(`${name}=GROUP:NUMBER`, `${meaning}: the members of the group`),
    limitForm(`${name}=LIMIT=NUMBER`, `${meaning}: those that match the limit`),
  ];
}

function balancedForms(name: string): readonly LaterForm[] {
  const meaning = 'as many members as numcopies lacks outside of the group';
  return [
    {
      syntax: `${name}=GROUP:lackingcopies`,
      meaning,
      since: dialects.balancedLackingCopies,
      soundSince: dialects.groupLimits,
    },
    limitForm(
      `${name}=GROUP:lackingcopies=LIMIT`,
      `${meaning}, counting only copies that match the limit`,
    ),
  ];
}
