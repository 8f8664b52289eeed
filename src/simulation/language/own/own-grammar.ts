/** The grammar of the commands that git-annex's simulator lacks: files, conditions and time. */
import { alt_sc, apply, nil, opt_sc, seq, str, tok, type Parser } from 'typescript-parsec';
import type { Dialect } from '../../../expression/index.ts';
import { parseKey } from '../../../key/index.ts';
import { parseUuid } from '../../../units/index.ts';
import { arrowOf } from '../arrow.ts';
import type { Command } from '../command.ts';
import { readDuration } from '../duration.ts';
import {
  aSize,
  misread,
  one,
  rest,
  restOfOne,
  row,
  two,
  word,
  type CommandGrammar,
  type Misread,
} from '../forms.ts';
import { readSize } from '../values.ts';
import { wordAt, type Word, type WordKind } from '../words.ts';

const oneOf = <T extends string>(first: T, second: T): Parser<WordKind, T | undefined> =>
  opt_sc(
    apply(alt_sc(str<WordKind>(first), str<WordKind>(second)), ({ text }) =>
      text === first ? first : second,
    ),
  );

/** The grammar of each command of our own. */
export const ownCommandGrammars: ReadonlyMap<string, CommandGrammar> = new Map(
  Object.entries({
    inituuid: withUuid('inituuid'),
    initremoteuuid: withUuid('initremoteuuid'),
    addkey: row('FILE KEY REPO...', seq(word, word, restOfOne), ([file, key, repositories]) => {
      if (parseKey(key.text) === undefined) return misread(key, 'key', 'a key such as WORM-s3--a');
      return { kind: 'addkey', file: file.text, key: key.text, repositories };
    }),
    remove: one('FILE', (file) => ({ kind: 'remove', file })),
    rename: two('FILE NAME', ([file, name]) => ({ kind: 'rename', file, name })),
    speed: row(
      'REPO ARROW REPO SPEED LATENCY',
      seq(word, tok<WordKind>('arrow'), word, word, opt_sc(word)),
      readSpeed,
    ),
    disk: row('REPO SIZE', seq(word, word), ([repository, size], dialect) => {
      const sizeBytes = readSize(size.text, dialect);
      if (sizeBytes === undefined) return misread(size, 'size of a disk', aSize);
      return { kind: 'disk', repository: repository.text, sizeBytes };
    }),
    down: one('REPO', (repository) => ({ kind: 'down', repository })),
    up: one('REPO', (repository) => ({ kind: 'up', repository })),
    lose: one('REPO', (repository) => ({ kind: 'lose', repository })),
    outages: row('REPO UPTIME DOWNTIME', seq(word, word, word), ([repository, up, down]) => {
      const upMs = readDuration(up.text);
      if (upMs === undefined || upMs === 0) return misread(up, 'duration', aPositiveDuration);
      const downMs = readDuration(down.text);
      if (downMs === undefined || downMs === 0) {
        return misread(down, 'duration', aPositiveDuration);
      }
      return { kind: 'outages', repository: repository.text, upMs, downMs };
    }),
    endoutages: one('REPO', (repository) => ({ kind: 'endoutages', repository })),
    partition: row('REPO... | REPO...', rest, (texts) => readPartition(texts)),
    heal: row('', nil<WordKind>(), () => ({ kind: 'heal' })),
    via: two('NODE REPO', ([node, repository]) => ({ kind: 'via', node, repository })),
    arrivals: row(
      'SUFFIX MINSIZE MAXSIZE INTERVAL REPO...',
      seq(
        seq(word, word, word),
        oneOf('uniform', 'pareto'),
        oneOf('poisson', 'steady'),
        word,
        restOfOne,
      ),
      readArrivals,
    ),
    endarrivals: one('SUFFIX', (suffix) => ({ kind: 'endarrivals', suffix })),
    syncevery: lasting('syncevery'),
    wait: lasting('wait'),
    waitstable: lasting('waitstable'),
  } satisfies Partial<Record<Command['kind'], CommandGrammar>>),
);

function withUuid(kind: 'inituuid' | 'initremoteuuid'): CommandGrammar {
  return row('NAME UUID', seq(word, word), ([name, text]) => {
    const uuid = parseUuid(text.text);
    return uuid === undefined
      ? misread(text, 'UUID', 'a UUID such as git-annex shows')
      : { kind, name: name.text, uuid };
  });
}

const aDuration = 'a duration such as 1h30m, 20ms or 2y, of 1000y at most';
const aPositiveDuration = `${aDuration}, and above 0`;

function lasting(kind: 'syncevery' | 'wait' | 'waitstable'): CommandGrammar {
  return row('DURATION', word, (value) => {
    const durationMs = readDuration(value.text);
    const isNone = durationMs === undefined || (durationMs === 0 && kind === 'syncevery');
    const expected = kind === 'syncevery' ? aPositiveDuration : aDuration;
    return isNone ? misread(value, 'duration', expected) : { kind, durationMs };
  });
}

type SpeedWords = [Word, Word, Word, Word, Word | undefined];

function readSpeed(words: SpeedWords, dialect: Dialect): Command | Misread {
  const [left, arrow, right, speed, latency] = words;
  const sizeText = speed.text.replace(/\/s$/, '');
  const bytesPerSecond = readSize(sizeText, dialect);
  if (bytesPerSecond === undefined || bytesPerSecond === 0n) {
    return misread(speed, 'speed', 'bytes a second such as 10MB/s');
  }
  const latencyMs = latency === undefined ? 0 : readDuration(latency.text);
  if (latency !== undefined && latencyMs === undefined) {
    return misread(latency, 'latency', aDuration);
  }
  return {
    kind: 'speed',
    left: left.text,
    arrow: arrowOf(arrow),
    right: right.text,
    bytesPerSecond,
    latencyMs: latencyMs ?? 0,
  };
}

type ArrivalWords = [
  [Word, Word, Word],
  'uniform' | 'pareto' | undefined,
  'poisson' | 'steady' | undefined,
  Word,
  readonly string[],
];

function readArrivals(words: ArrivalWords, dialect: Dialect): Command | Misread {
  const [[suffix, least, most], sizes = 'uniform', times = 'poisson', interval, names] = words;
  const leastBytes = readSize(least.text, dialect);
  if (leastBytes === undefined) return misread(least, 'file size', aSize);
  const mostBytes = readSize(most.text, dialect);
  if (mostBytes === undefined || mostBytes > BigInt(Number.MAX_SAFE_INTEGER)) {
    return misread(most, 'file size', `${aSize}, below 9 PB`);
  }
  if (leastBytes > mostBytes) return misread(most, 'file size', `no less than ${least.text}`);
  const intervalMs = readDuration(interval.text);
  if (intervalMs === undefined || intervalMs === 0) {
    return misread(interval, 'duration', aPositiveDuration);
  }
  const sized = { suffix: suffix.text, leastBytes, mostBytes, sizes };
  return { kind: 'arrivals', ...sized, times, intervalMs, repositories: names };
}

function readPartition(texts: readonly string[]): Command | Misread {
  const sides: string[][] = [[]];
  for (const text of texts) {
    if (text === '|') sides.push([]);
    else sides.at(-1)?.push(text);
  }
  if (sides.length > 1 && sides.every((side) => side.length > 0)) {
    return { kind: 'partition', sides };
  }
  const message = 'a partition has repositories on two sides at least';
  const near = wordAt(texts.find((text) => text === '|') ?? '', 0, undefined);
  return { ...misread(near, 'partition', 'partition a b | c'), message };
}
