/** The grammar of git-annex's single commands, in parser combinators (spec/sim.md section 4.2). */
import { seq } from 'typescript-parsec';
import type { Dialect } from '../../expression/index.ts';
import type { Command, ExpressionKind } from './command.ts';
import {
  aNumber,
  aSize,
  beyond,
  misread,
  numbered,
  one,
  rest,
  restOfOne,
  row,
  spaced,
  two,
  word,
  type CommandGrammar,
  type Misread,
} from './forms.ts';
import {
  isMetadataField,
  readMetadataChange,
  readNumber,
  readSize,
  readSwitch,
  readTrustLevel,
} from './values.ts';
import { quoted, type Word } from './words.ts';

/** The grammar of each command but `connect`, `disconnect` and `action`, which have their own. */
export const commandGrammars: ReadonlyMap<string, CommandGrammar> = new Map(
  Object.entries({
    init: one('NAME', (name) => ({ kind: 'init', name })),
    initremote: one('NAME', (name) => ({ kind: 'initremote', name })),
    use: row('NAME REPOSITORY...', seq(word, restOfOne), ([name, words]) => ({
      kind: 'use',
      name: name.text,
      words: spaced(words),
    })),
    add: row('FILE SIZE REPO...', seq(word, word, rest), ([file, size, repositories], dialect) => {
      const sizeBytes = readSize(size.text, dialect);
      if (sizeBytes === undefined) return misread(size, 'file size', aSize);
      return { kind: 'add', file: file.text, sizeBytes, repositories };
    }),
    addmulti: row('N SUFFIX MINSIZE MAXSIZE REPO...', seq(word, word, word, word, rest), addMulti),
    addtree: row('REPO EXPRESSION', seq(word, rest), ([repository, texts]) => ({
      kind: 'addtree',
      repository: repository.text,
      expression: spaced(texts),
    })),
    step: numbered('step value', (count) => ({ kind: 'step', count })),
    stepstable: numbered('step value', (count) => ({ kind: 'stepstable', count })),
    seed: numbered('seed value', (seed) => ({ kind: 'seed', seed })),
    numcopies: numbered('numcopies value', (count) => ({ kind: 'numcopies', count })),
    mincopies: numbered('mincopies value', (count) => ({ kind: 'mincopies', count })),
    present: two('REPO FILE', ([repository, file]) => ({ kind: 'present', repository, file })),
    notpresent: two('REPO FILE', ([repository, file]) => ({
      kind: 'notpresent',
      repository,
      file,
    })),
    trustlevel: row('REPO LEVEL', seq(word, word), ([repository, { text, ...place }]) => {
      const level = readTrustLevel(text);
      if (level !== undefined) return { kind: 'trustlevel', repository: repository.text, level };
      return {
        ...misread({ text, ...place }, 'trust level', 'trusted, semitrusted, untrusted or dead'),
        gitAnnexError: `Unknown trust level "${text}".`,
      };
    }),
    group: two('REPO GROUP', ([repository, group]) => ({ kind: 'group', repository, group })),
    ungroup: two('REPO GROUP', ([repository, group]) => ({ kind: 'ungroup', repository, group })),
    wanted: expression('wanted', 'REPO'),
    required: expression('required', 'REPO'),
    groupwanted: expression('groupwanted', 'GROUP'),
    randomwanted: random('wanted', 'REPO'),
    randomrequired: random('required', 'REPO'),
    randomgroupwanted: random('groupwanted', 'GROUP'),
    maxsize: row('REPO SIZE', seq(word, word), ([repository, size], dialect) => {
      const sizeBytes = readSize(size.text, dialect);
      if (sizeBytes === undefined) return misread(size, 'maxsize', aSize);
      return { kind: 'maxsize', repository: repository.text, sizeBytes };
    }),
    rebalance: row('on|off', word, (value) => {
      const isOn = readSwitch(value.text);
      if (isOn === undefined) return misread(value, 'rebalance value', 'on or off');
      return { kind: 'rebalance', isOn };
    }),
    clusternode: two('NAME REPO', ([name, repository]) => ({
      kind: 'clusternode',
      name,
      repository,
    })),
    metadata: row('FILE FIELD=VALUE', seq(word, word), ([file, text]) => {
      const change = readMetadataChange(text.text);
      if (isMetadataField(change.field)) return { kind: 'metadata', file: file.text, change };
      return {
        ...misread(text, 'metadata', 'field=value, field+=value, field-=value or field?=value'),
        message: `${quoted(change.field)} is no name of a field: it has letters and digits, and after the first also dots, dashes and underscores`,
        gitAnnexError: `Illegal metadata field name, "${change.field}"`,
      };
    }),
    visit: row('REPO COMMAND...', seq(word, rest), ([repository, words]) => ({
      kind: 'visit',
      repository: repository.text,
      words,
    })),
  } satisfies Partial<Record<Command['kind'], CommandGrammar>>),
);

function expression(kind: ExpressionKind, target: string): CommandGrammar {
  return row(`${target} EXPRESSION`, seq(word, rest), ([{ text }, texts]) => ({
    kind,
    target: text,
    expression: spaced(texts),
  }));
}

function random(kind: ExpressionKind, target: string): CommandGrammar {
  return row(`${target} TERM...`, seq(word, restOfOne), ([{ text }, terms]) => ({
    kind: `random${kind}`,
    target: text,
    terms,
  }));
}

function addMulti(
  [number, suffix, least, most, repositories]: [Word, Word, Word, Word, readonly string[]],
  dialect: Dialect,
): Command | Misread {
  const count = readNumber(number.text);
  if (count === undefined) return misread(number, 'number', aNumber);
  const leastBytes = readSize(least.text, dialect);
  if (leastBytes === undefined) return misread(least, 'file size', aSize);
  const mostBytes = readSize(most.text, dialect);
  if (mostBytes === undefined) return misread(most, 'file size', aSize);
  // The real program never ends with none, or fewer (spec/sim.md section 12.13).
  if (count < 1n || count > filesAddedMax) return beyond(number, `from 1 to ${filesAddedMax}`);
  const spread = mostBytes > leastBytes ? mostBytes - leastBytes : leastBytes - mostBytes;
  if (spread >= 1n << 64n) return beyond(most, 'sizes less than 2^64 bytes apart');
  return { kind: 'addmulti', count, suffix: suffix.text, leastBytes, mostBytes, repositories };
}

/** How many files one command adds: more do not fit in memory. */
const filesAddedMax = 100_000_000n;
