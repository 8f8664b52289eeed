import type { Command } from 'commander';
import {
  answerCases,
  answerExpressions,
  answerPicks,
  answersJson,
  answerSizes,
  answersTo,
  readRecordedAnnexes,
  type AnswerLine,
} from '../../placement/index.ts';
import { allItems, AnnexWorlds } from '../../annex/index.ts';
import { FoundWanting, statuses, UserError } from '../errors.ts';
import { withAnnex } from '../words/with-annex.ts';
import { bytesOf, inputLines } from '../words/lines.ts';
import { OutputBuffer } from '../words/output.ts';
import { readText } from '../words/read-text.ts';
import { ProgressLine } from '../words/progress.ts';
import { withDialectOption, type DialectOptions } from '../options/dialect-option.ts';

interface EvaluateOptions extends DialectOptions {
  readonly repo?: string;
  readonly cases?: string;
  readonly configs?: string;
  readonly expressions?: string;
  readonly sizes?: string;
  readonly picks?: string;
  readonly check?: boolean;
}

/** `ballast evaluate`: answers questions of other programs, one line of JSON each. */
export function addEvaluateVerb(program: Command): void {
  withDialectOption(
    program
      .command('evaluate')
      .description(
        'answer a file of questions, or those of a real annex, a line of JSON each; FILE is - for standard input',
      )
      .option('--repo <DIR>', 'who wants each annexed file of a real annex, which is only read')
      .option('--cases <FILE>', 'who wants which content: needs --configs')
      .option('--configs <FILE>', 'the configurations that the cases name')
      .option('--expressions <FILE>', 'whether git-annex accepts expressions, and what is wrong')
      .option('--sizes <FILE>', 'how many bytes sizes stand for')
      .option('--picks <FILE>', 'whom the balanced terms pick')
      .option('--check', 'compare with the answers in the file, and print only what differs'),
  ).action(async (options: EvaluateOptions) => {
    if (options.repo !== undefined) {
      await evaluateReal(options.repo, options);
      return;
    }
    const { file, answer } = await questionsOf(options);
    await (options.check === true ? check(file, answer) : answerAll(file, answer));
  });
}

/** Who wants each annexed file of the commit that is checked out, in the form of a case file. */
async function evaluateReal(directory: string, options: EvaluateOptions): Promise<void> {
  const { cases, configs, expressions, sizes, picks, check: isCheck } = options;
  const others = [cases, configs, expressions, sizes, picks, isCheck];
  if (others.some((other) => other !== undefined)) {
    throw new UserError('--repo goes with no other questions, and there is nothing to check by.');
  }
  await withAnnex(directory, options.dialect, async (annex, configuration) => {
    const asked = configuration.repositories.keys();
    const worlds = await AnnexWorlds.open(annex, { configuration, asked });
    const output = new OutputBuffer();
    const progress = new ProgressLine({ mixes: true });
    let count = 0;
    for await (const known of worlds.ofAll(allItems(annex))) {
      for (const { item, world } of known) {
        await output.line(answersJson(item, answersTo(item, world)));
      }
      progress.reached((count += known.length));
    }
    progress.clear();
    await output.end();
  });
}

interface Questions {
  readonly file: string;
  readonly answer: AnswerLine;
}

async function questionsOf(options: EvaluateOptions): Promise<Questions> {
  const { cases, configs, expressions, sizes, picks, dialect } = options;
  const files = [cases, expressions, sizes, picks].filter((file) => file !== undefined);
  const [file] = files;
  if (file === undefined || files.length > 1) {
    throw new UserError('give one of --repo, --cases, --expressions, --sizes and --picks.');
  }
  if (configs !== undefined && cases === undefined) {
    throw new UserError('--configs belongs to --cases: leave it out.');
  }
  if (expressions !== undefined) return { file, answer: answerExpressions(dialect) };
  if (sizes !== undefined) return { file, answer: answerSizes(dialect) };
  if (picks !== undefined) return { file, answer: answerPicks(dialect) };
  if (configs === undefined) {
    throw new UserError('--cases needs the configurations that they name: add --configs FILE.');
  }
  const annexes = readRecordedAnnexes(await readText(configs), dialect);
  if (annexes.kind === 'problem') throw new UserError(`${configs}: ${annexes.message}`);
  return { file, answer: answerCases(annexes.value) };
}

/**
 * One answer a line. A line that cannot be answered gets its problem, here and on standard error.
 */
async function answerAll(file: string, answer: AnswerLine): Promise<void> {
  const output = new OutputBuffer();
  const progress = new ProgressLine({ mixes: true });
  let bad = 0;
  for await (const line of inputLines(bytesOf(file))) {
    progress.reached(line.number);
    const answered = line.kind === 'text' ? answer(line.text) : line;
    if (answered.kind === 'answer') await output.line(answered.json);
    else {
      bad += 1;
      progress.clear();
      console.error(`${file}:${line.number}: ${answered.message}`);
      await output.line(JSON.stringify({ line: line.number, problem: answered.message }));
    }
  }
  progress.clear();
  await output.end();
  if (bad > 0) throw new FoundWanting(statuses.unable);
}

/**
 * Prints the lines whose answers differ, and how many agree and differ; bad lines count as
 * differing.
 */
async function check(file: string, answer: AnswerLine): Promise<void> {
  const output = new OutputBuffer();
  const progress = new ProgressLine({ mixes: false });
  let [passed, failed] = [0, 0];
  for await (const line of inputLines(bytesOf(file))) {
    progress.reached(line.number);
    const answered = line.kind === 'text' ? answer(line.text) : line;
    const wrong =
      answered.kind === 'problem'
        ? [answered.message]
        : (answered.differences ?? ['the line holds no answer to compare with']);
    if (wrong.length === 0) passed += 1;
    else {
      failed += 1;
      progress.clear();
      if (answered.kind === 'problem') console.error(`${file}:${line.number}: ${wrong.join('; ')}`);
      else await output.line(`${file}:${line.number}: ${wrong.join('; ')}`);
    }
  }
  progress.clear();
  await output.line(`${passed} passed, ${failed} failed`);
  await output.end();
  if (failed > 0) throw new FoundWanting();
}
