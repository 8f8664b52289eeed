import { machineClock } from '../../../repository/clock/machine-clock.ts';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { readCount } from '../../count-argument.ts';
import { OpenAnnex, readRealAnnex } from '../../../annex/index.ts';
import { parseKey } from '../../../key/index.ts';
import { locationLogPath } from '../../../repository/index.ts';
import { SimulationComposer, Strata, type RealContent } from '../../../simulation/index.ts';
import { encodeText } from '../../../units/index.ts';
import { OutputBuffer } from '../../words/output.ts';
import { ProgressLine } from '../../words/progress.ts';
import { stoppable } from '../../stopping.ts';
import { readFiles, type RealFiles } from './import-files.ts';
import { randomSeed } from '../random-seed.ts';
import { assertWritable, unwritable } from '../files/log-saving.ts';

interface ImportOptions {
  readonly sample?: number;
  readonly seed?: bigint;
  readonly out?: string;
  readonly madeUpKeys?: boolean;
}

/** `ballast sim import REPO`: a real annex in the sim language. */
export function addImportForm(sim: Command): void {
  sim
    .command('import')
    .description('write a real annex down as a simulation, to try changes on')
    .argument('<REPO>', 'a directory of the annex, which is only read')
    .option(
      '--sample <N>',
      'only so many contents, alike in sizes, extensions and places',
      readCount,
    )
    .option(
      '--seed <N>',
      'which sample it is, and the seed of the simulation; random otherwise',
      readSeed,
    )
    .option('--made-up-keys', "write what git-annex's simulator knows too, which keeps no keys")
    .option('--out <FILE>', 'write it there, in place of standard output')
    .action(async (repository: string, options: ImportOptions) => {
      await importAnnex(repository, options);
    });
}

/** Reads an annex and writes the simulation of it. */
export async function importAnnex(
  repository: string,
  { seed = randomSeed(), ...options }: ImportOptions,
): Promise<void> {
  const { out } = options;
  if (out !== undefined) await assertWritable(out);
  await stoppable(async (signal) => {
    try {
      await importUntil(signal, { ...options, repository, seed });
    } catch (error) {
      // A git that is read from ends by Ctrl-C as well.
      signal.throwIfAborted();
      throw error;
    }
  });
}

async function importUntil(
  signal: AbortSignal,
  options: { readonly repository: string; readonly seed: bigint } & ImportOptions,
): Promise<void> {
  const { repository, sample, seed, out, madeUpKeys = false } = options;
  const reader = await OpenAnnex.openInitialized(repository);
  const progress = new ProgressLine({ mixes: out === undefined });
  try {
    const annex = await readRealAnnex(reader);
    const composer = new SimulationComposer(annex, { madeUpKeys });
    const files = await readFiles(reader, annex);
    const work = { reader, composer, files, seed };
    const lines = sample === undefined ? wholeAnnex(work) : sampledAnnex(work, sample);
    await writeLines(counted(lines, progress, signal), out);
  } finally {
    progress.clear();
    await reader.close();
  }
}

interface ImportWork {
  readonly reader: OpenAnnex;
  readonly composer: SimulationComposer;
  readonly files: RealFiles;
  readonly seed: bigint;
}

/** Lines come many at once, as they are read from git. */
type Lines = AsyncGenerator<readonly string[], void, undefined>;

async function* counted(lines: Lines, progress: ProgressLine, signal: AbortSignal): Lines {
  let count = 0;
  for await (const some of lines) {
    signal.throwIfAborted();
    count += some.length;
    progress.reached(count);
    yield some;
  }
}

/** All contents, one after the other as they are read. */
async function* wholeAnnex({ reader, composer, files, seed }: ImportWork): Lines {
  yield [...composer.settings(seed)];
  const fileOf = (keyText: string): string | undefined => files.first.get(keyText);
  for await (const contents of reader.contents({ fileOf, withMetadata: true })) {
    yield linesOf(contents, composer);
  }
  yield [...composer.ending({ ...files, unreadLogs: reader.unreadLogs })];
}

function linesOf(contents: readonly RealContent[], composer: SimulationComposer): string[] {
  const lines: string[] = [];
  for (const content of contents) lines.push(...composer.content(content));
  return lines;
}

/** A choice of contents: all are gone through, and the chosen ones read again. */
async function* sampledAnnex({ reader, composer, files, seed }: ImportWork, sample: number): Lines {
  const strata = new Strata(seed);
  const fileOf = (keyText: string): string | undefined => files.first.get(keyText);
  const keyTexts: string[] = [];
  let ofBytes = 0n;
  for await (const contents of reader.contents({ fileOf, withMetadata: false })) {
    for (const content of contents) {
      if (content.holders.length === 0) continue;
      strata.count(content);
      keyTexts.push(content.keyText);
      ofBytes += content.key.sizeBytes ?? 0n;
    }
  }
  const chosen = strata.choose(sample).flatMap((index) => parseKey(keyTexts[index] ?? '') ?? []);
  const bytes = chosen.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0n), 0n);
  yield [...composer.settings(seed, { contents: chosen.length, of: strata.total, bytes, ofBytes })];
  const only = new Set(chosen.map(locationLogPath));
  for await (const contents of reader.contents({ fileOf, only, withMetadata: true })) {
    yield linesOf(contents, composer);
  }
  yield [...composer.ending({ ...files, unreadLogs: reader.unreadLogs })];
}

/** A file is there when all of it is; what is no ordinary file, such as /dev/stdout, stays what it is. */
async function writeLines(lines: Lines, out: string | undefined): Promise<void> {
  if (out === undefined) {
    const output = new OutputBuffer();
    for await (const some of lines) for (const line of some) await output.line(line);
    return await output.end();
  }
  const status = await stat(out).catch(() => undefined);
  if (status?.isFile() === false) {
    return await writeInto({ path: out, flags: 'w', named: out }, lines);
  }
  const place = await realpath(out).catch(() => out);
  const partial = join(dirname(place), `ballast-${machineClock.uuid()}`);
  try {
    await writeInto({ path: partial, flags: 'wx', named: out }, lines);
    await rename(partial, place);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Writes lines to a file that is made; in trouble one hears the name that was given. */
async function writeInto(
  {
    path,
    flags,
    named,
  }: { readonly path: string; readonly flags: 'w' | 'wx'; readonly named: string },
  lines: Lines,
): Promise<void> {
  const file = await open(path, flags).catch((cause: unknown) => {
    throw unwritable(named, cause);
  });
  const write = async (text: string): Promise<void> => {
    await file.writeFile(encodeText(text)).catch((cause: unknown) => {
      throw unwritable(named, cause);
    });
  };
  try {
    let text = '';
    for await (const some of lines) {
      text += some.map((line) => `${line}\n`).join('');
      if (text.length < gatheredMax) continue;
      await write(text);
      text = '';
    }
    await write(text);
  } finally {
    await file.close();
  }
}

const gatheredMax = 256 * 1024;

function readSeed(text: string): bigint {
  if (/^-?\d{1,40}$/.test(text)) return BigInt.asIntN(64, BigInt(text));
  throw new InvalidArgumentError('It takes a whole number.');
}
