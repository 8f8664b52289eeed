import type { Command } from 'commander';
import {
  explain,
  explanationJson,
  formatAsGitAnnex,
  formatExplanation,
  readCase,
  readRecordedAnnexes,
  troubleWith,
  worldOf,
  type Configuration,
  type Explanation,
  type ExplainedQuestion,
  type Item,
  type RecordedAnnex,
} from '../../placement/index.ts';
import { AnnexWorlds, itemsNamed, repositoryNamed, type OpenAnnex } from '../../annex/index.ts';
import { shown, type Read, type Uuid } from '../../units/index.ts';
import { FoundWanting, statuses, UserError } from '../errors.ts';
import { withAnnex } from '../words/with-annex.ts';
import { bytesOf, inputLines } from '../words/lines.ts';
import { OutputBuffer } from '../words/output.ts';
import { readText } from '../words/read-text.ts';
import { withDialectOption, type DialectOptions } from '../options/dialect-option.ts';

interface ExplainOptions extends DialectOptions {
  readonly repo?: string;
  readonly case?: string;
  readonly configs?: string;
  readonly repository?: string;
  readonly required?: boolean;
  readonly json?: boolean;
  readonly gitAnnex?: boolean;
}

/**
 * `ballast explain FILE|KEY... [--repo DIR]`: why each repository of a real annex wants a content or
 * does not; with `--case FILE --configs FILE` of recorded ones.
 */
export function addExplainVerb(program: Command): void {
  withDialectOption(
    program
      .command('explain')
      .description('tell why repositories want contents or do not')
      .argument('[FILE|KEY...]', 'annexed files, what is below directories, or keys')
      .option('--repo <DIR>', 'the annex that they are in, which is only read; else the one around')
      .option(
        '--case <FILE>',
        'cases, as `ballast evaluate --cases` takes them; - is standard input',
      )
      .option('--configs <FILE>', 'the configurations that the cases name')
      .option(
        '--repository <NAME>',
        'only this one: a remote, description or UUID (with --case: UUID)',
      )
      .option('--required', 'explain required content alone, which is what drops are refused by')
      .option('--json', 'print one line of JSON for each answer')
      .option('--git-annex', "print what git-annex's option --explain would"),
  ).action(async (words: readonly string[], options: ExplainOptions) => {
    await runExplain(words, options);
  });
}

async function runExplain(words: readonly string[], options: ExplainOptions): Promise<void> {
  const { case: cases, configs, repo } = options;
  if (options.json === true && options.gitAnnex === true) {
    throw new UserError('give either --json or --git-annex: they are two forms of one answer.');
  }
  if (cases === undefined && configs === undefined) {
    if (words.length === 0)
      throw new UserError('name files or keys, or give --case and --configs.');
    await explainReal(words, repo ?? '.', options);
    return;
  }
  if (words.length > 0 || repo !== undefined) {
    throw new UserError(
      'files, keys and --repo are of a real annex: leave out --case and --configs.',
    );
  }
  if (cases === undefined || configs === undefined) {
    throw new UserError('--case and --configs belong together: the cases name configurations.');
  }
  await explainCases(cases, configs, options);
}

async function explainReal(
  words: readonly string[],
  directory: string,
  options: ExplainOptions,
): Promise<void> {
  await withAnnex(directory, options.dialect, async (annex, configuration) => {
    const asked = askedIn(annex, configuration, options.repository);
    const worlds = await AnnexWorlds.open(annex, { configuration, asked });
    const output = new OutputBuffer();
    let unknown = 0;
    for (const word of words) {
      let isKnown = false;
      for await (const known of worlds.ofAll(itemsNamed(annex, word))) {
        for (const { item, world } of known) {
          isKnown = true;
          for (const question of questionsOf(item, options)) {
            for (const each of asked) {
              const text = formatted(explain(each, item, world, question), configuration, options);
              if (text !== undefined) await output.line(text);
            }
          }
        }
      }
      if (isKnown) continue;
      unknown += 1;
      console.error(`ballast: ${shown(word)} is no annexed file of ${directory}, and no key`);
    }
    await output.end();
    if (unknown > 0) throw new FoundWanting(statuses.unable);
  });
}

/** All repositories that are described, or the one that is named. */
function askedIn(
  annex: OpenAnnex,
  configuration: Configuration,
  name: string | undefined,
): readonly Uuid[] {
  if (name === undefined) {
    return [...configuration.repositories].flatMap(([uuid, { description }]) =>
      description === undefined ? [] : uuid,
    );
  }
  const found = repositoryNamed(name, annex, configuration);
  if (found.kind === 'unknown') throw new UserError(`${found.reason}.`);
  return [found.uuid];
}

/** A key without a file is not asked about as if it were absent: nobody would get it. */
function questionsOf(
  { file }: Item,
  { required = false }: ExplainOptions,
): readonly ExplainedQuestion[] {
  const [now, ifAbsent]: readonly [ExplainedQuestion, ExplainedQuestion] = required
    ? ['required', 'wouldRequireIfAbsent']
    : ['wanted', 'wouldWantIfAbsent'];
  return file === undefined ? [now] : [now, ifAbsent];
}

async function explainCases(
  cases: string,
  configs: string,
  options: ExplainOptions,
): Promise<void> {
  const annexes = readRecordedAnnexes(await readText(configs), options.dialect);
  if (annexes.kind === 'problem') throw new UserError(`${configs}: ${annexes.message}`);
  const output = new OutputBuffer();
  let bad = 0;
  for await (const line of inputLines(bytesOf(cases))) {
    const answer = line.kind === 'text' ? explainLine(line.text, annexes.value, options) : line;
    if (answer.kind === 'problem') {
      bad += 1;
      console.error(`${cases}:${line.number}: ${answer.message}`);
    } else for (const each of answer.value) await output.line(each);
  }
  await output.end();
  if (bad > 0) throw new FoundWanting(statuses.unable);
}

/** The answers to a line, or why it has none. */
function explainLine(
  json: string,
  annexes: ReadonlyMap<string, RecordedAnnex>,
  options: ExplainOptions,
): Read<readonly string[]> {
  const line = readCase(json);
  if (line.kind === 'problem') return line;
  const asked = line.value;
  const annex = annexes.get(asked.config);
  if (annex === undefined) return refused(`there is no configuration ${shown(asked.config)}`);
  const trouble = troubleWith(asked, annex);
  if (trouble !== undefined) return refused(trouble);
  const { configuration } = annex;
  const { repository } = options;
  const repositories = [...configuration.repositories].flatMap(([uuid, { description }]) =>
    repository === undefined
      ? description === undefined
        ? []
        : uuid
      : uuid === repository
        ? uuid
        : [],
  );
  if (repository !== undefined && repositories.length === 0) {
    return refused(`the configuration has no repository ${shown(repository)}`);
  }
  const questions = questionsOf(asked.item, options);
  const world = worldOf(asked, annex);
  const lines = repositories.flatMap((each) =>
    questions.flatMap(
      (question) =>
        formatted(explain(each, asked.item, world, question), configuration, options) ?? [],
    ),
  );
  return { kind: 'value', value: lines };
}

function refused(message: string): Read<never> {
  return { kind: 'problem', message };
}

function formatted(
  explanation: Explanation,
  configuration: Configuration,
  { json = false, gitAnnex = false }: ExplainOptions,
): string | undefined {
  if (json) return explanationJson(explanation);
  return gitAnnex ? formatAsGitAnnex(explanation) : formatExplanation(explanation, configuration);
}
