import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { serializeKey } from '../../key/index.ts';
import { SimulationComposer, Strata, type RealContent } from '../../simulation/index.ts';
import { encodeText } from '../../units/index.ts';
import { OutputBuffer } from '../output.ts';
import { Progress } from '../progress.ts';
import { assertWritable, unwritable } from './log-saving.ts';
import { RealAnnexReader } from './real-annex.ts';

interface ImportOptions {
  readonly sample?: number;
  readonly seed?: bigint;
  readonly out?: string;
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
    .option('--out <FILE>', 'write it there, in place of standard output')
    .action(async (repository: string, options: ImportOptions) => {
      await importAnnex(repository, options);
    });
}

/** Reads an annex and writes the simulation of it. */
export async function importAnnex(
  repository: string,
  { sample, seed = randomSeed(), out }: ImportOptions,
): Promise<void> {
  if (out !== undefined) await assertWritable(out);
  const reader = await RealAnnexReader.open(repository);
  const progress = new Progress({ mixes: out === undefined });
  try {
    const lines =
      sample === undefined ? wholeAnnex(reader, seed) : sampledAnnex(reader, seed, sample);
    await writeLines(counted(lines, progress), out);
  } finally {
    progress.clear();
    await reader.close();
  }
}

async function* counted(
  lines: AsyncIterable<string>,
  progress: Progress,
): AsyncGenerator<string, void, undefined> {
  let count = 0;
  for await (const line of lines) {
    count += 1;
    progress.reached(count);
    yield line;
  }
}

/** All contents, one after the other as they are read. */
async function* wholeAnnex(reader: RealAnnexReader, seed: bigint): AsyncGenerator<string> {
  const composer = new SimulationComposer(await reader.facts());
  yield* composer.settings(seed);
  const { files, otherNames } = await namesOf(reader);
  for await (const content of reader.contents((keyText) => files.get(keyText))) {
    yield* composer.content(content);
  }
  yield* composer.ending({ otherNames });
}

/** A choice of contents: counted first, and then chosen. */
async function* sampledAnnex(
  reader: RealAnnexReader,
  seed: bigint,
  sample: number,
): AsyncGenerator<string> {
  const composer = new SimulationComposer(await reader.facts());
  const strata = new Strata(seed);
  const { files, otherNames } = await namesOf(reader);
  const contents = (): AsyncGenerator<RealContent> =>
    reader.contents((keyText) => files.get(keyText));
  let ofBytes = 0n;
  for await (const content of contents()) {
    if (content.holders.length === 0) continue;
    strata.count(content);
    ofBytes += content.key.sizeBytes ?? 0n;
  }
  const isChosen = strata.picker(sample);
  const chosen: RealContent[] = [];
  for await (const content of contents()) {
    if (content.holders.length > 0 && isChosen(content)) chosen.push(content);
  }
  const bytes = chosen.reduce((sum, { key }) => sum + (key.sizeBytes ?? 0n), 0n);
  yield* composer.settings(seed, { contents: chosen.length, of: strata.total, bytes, ofBytes });
  for (const content of chosen) yield* composer.content(content);
  yield* composer.ending({ otherNames });
}

/** The first file of each content, and how many more files there are. */
async function namesOf(
  reader: RealAnnexReader,
): Promise<{ readonly files: ReadonlyMap<string, string>; readonly otherNames: number }> {
  const files = new Map<string, string>();
  let otherNames = 0;
  for await (const { file, key } of reader.files()) {
    const keyText = serializeKey(key);
    if (files.has(keyText)) otherNames += 1;
    else files.set(keyText, file);
  }
  return { files, otherNames };
}

/** A file is there when all of it is; what is no ordinary file, such as /dev/stdout, stays what it is. */
async function writeLines(lines: AsyncIterable<string>, out: string | undefined): Promise<void> {
  if (out === undefined) {
    const output = new OutputBuffer();
    for await (const line of lines) await output.line(line);
    return await output.end();
  }
  const status = await stat(out).catch(() => undefined);
  if (status?.isFile() === false) return await writeInto(out, out, lines);
  const place = await realpath(out).catch(() => out);
  const partial = `${place}.partial`;
  try {
    await writeInto(partial, out, lines);
    await rename(partial, place);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Writes lines to a file that is made; in trouble one hears the name that was given. */
async function writeInto(path: string, named: string, lines: AsyncIterable<string>): Promise<void> {
  const file = await open(path, 'w').catch((cause: unknown) => {
    throw unwritable(named, cause);
  });
  const write = async (text: string): Promise<void> => {
    await file.writeFile(encodeText(text)).catch((cause: unknown) => {
      throw unwritable(named, cause);
    });
  };
  try {
    let text = '';
    for await (const line of lines) {
      text += `${line}\n`;
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

function randomSeed(): bigint {
  return BigInt.asIntN(64, randomBytes(8).readBigUInt64BE());
}

function readCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0 && /^\d+$/.test(text)) return count;
  throw new InvalidArgumentError('It takes a whole number above 0.');
}

function readSeed(text: string): bigint {
  if (/^-?\d{1,40}$/.test(text)) return BigInt.asIntN(64, BigInt(text));
  throw new InvalidArgumentError('It takes a whole number.');
}
