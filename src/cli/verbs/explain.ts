import type { Command } from 'commander';
import {
  explain,
  explanationJson,
  formatAsGitAnnex,
  formatExplanation,
  readCase,
  readRecordedAnnexes,
  shown,
  troubleWith,
  worldOf,
  type Explanation,
  type ExplainedQuestion,
  type RecordedAnnex,
} from '../../placement/index.ts';
import { FoundWanting, UserError } from '../errors.ts';
import { bytesOf, linesOf } from '../words/lines.ts';
import { OutputBuffer } from '../words/output.ts';
import { readText } from '../words/read-text.ts';
import { withDialectOption, type DialectOptions } from './dialect-option.ts';

interface ExplainOptions extends DialectOptions {
  readonly case: string;
  readonly configs: string;
  readonly repository?: string;
  readonly required?: boolean;
  readonly json?: boolean;
  readonly gitAnnex?: boolean;
}

/**
 * `ballast explain --case FILE --configs FILE`: why each repository wants a content or does not.
 */
export function addExplainVerb(program: Command): void {
  withDialectOption(
    program
      .command('explain')
      .description('tell why repositories want contents or do not; FILE is - for standard input')
      .requiredOption('--case <FILE>', 'cases, as `ballast evaluate --cases` takes them')
      .requiredOption('--configs <FILE>', 'the configurations that the cases name')
      .option('--repository <UUID>', 'only this repository')
      .option('--required', 'explain required content alone, which is what drops are refused by')
      .option('--json', 'print one line of JSON for each answer')
      .option('--git-annex', "print what git-annex's option --explain would"),
  ).action(async (options: ExplainOptions) => {
    await runExplain(options);
  });
}

async function runExplain(options: ExplainOptions): Promise<void> {
  const { configs, dialect } = options;
  if (options.json === true && options.gitAnnex === true) {
    throw new UserError('give either --json or --git-annex: they are two forms of one answer.');
  }
  const annexes = readRecordedAnnexes(await readText(configs), dialect);
  if (!annexes.isRead) throw new UserError(`${configs}: ${annexes.message}`);
  const output = new OutputBuffer();
  let bad = 0;
  for await (const line of linesOf(bytesOf(options.case))) {
    const told =
      line.kind === 'text' ? explainLine(line.text, annexes.value, options) : line.message;
    if (typeof told === 'string') {
      bad += 1;
      console.error(`${options.case}:${line.number}: ${told}`);
    } else for (const each of told) await output.line(each);
  }
  await output.end();
  if (bad > 0) throw new FoundWanting();
}

/** The answers to a line, or why it has none. */
function explainLine(
  json: string,
  annexes: ReadonlyMap<string, RecordedAnnex>,
  options: ExplainOptions,
): readonly string[] | string {
  const line = readCase(json);
  if (!line.isRead) return line.message;
  const asked = line.value;
  const annex = annexes.get(asked.config);
  if (annex === undefined) return `there is no configuration ${shown(asked.config)}`;
  const trouble = troubleWith(asked, annex);
  if (trouble !== undefined) return trouble;
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
    return `the configuration has no repository ${shown(repository)}`;
  }
  const [now, ifAbsent]: readonly [ExplainedQuestion, ExplainedQuestion] =
    options.required === true
      ? ['required', 'wouldRequireIfAbsent']
      : ['wanted', 'wouldWantIfAbsent'];
  const questions = asked.item.file === undefined ? [now] : [now, ifAbsent];
  const world = worldOf(asked, annex);
  return repositories.flatMap((each) =>
    questions.flatMap(
      (question) => told(explain(each, asked.item, world, question), annex, options) ?? [],
    ),
  );
}

function told(
  explanation: Explanation,
  { configuration }: RecordedAnnex,
  { json = false, gitAnnex = false }: ExplainOptions,
): string | undefined {
  if (json) return explanationJson(explanation);
  return gitAnnex ? formatAsGitAnnex(explanation) : formatExplanation(explanation, configuration);
}
