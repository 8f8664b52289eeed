import type { Command } from 'commander';
import type { Dialect } from '../../expression/index.ts';
import {
  formatFinding,
  lintConfiguration,
  lintExpression,
  readRecordedAnnex,
  readRecordedAnnexes,
  type Configuration,
} from '../../placement/index.ts';
import { Annex } from '../../annex/index.ts';
import { findGit } from '../../repository/index.ts';
import { FoundWanting, UserError } from '../errors.ts';
import { OutputBuffer } from '../words/output.ts';
import { readText } from '../words/read-text.ts';
import { withDialectOption, type DialectOptions } from './dialect-option.ts';

interface LintOptions extends DialectOptions {
  readonly repo?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** `ballast lint`: what an expression or a whole annex has that somebody should look at. */
export function addLintVerb(program: Command): void {
  withDialectOption(
    program
      .command('lint')
      .description('tell what is odd in a preferred content expression, or in a whole annex')
      .argument('[EXPR]', 'the expression, as one word of the shell: quote it')
      .option('--repo <DIR>', 'a real annex, which is only read; the one around by default')
      .option('--config <FILE>', 'an annex as `ballast evaluate --configs` takes them, or several')
      .option('--json', 'print one line of JSON for each finding'),
  ).action(async (text: string | undefined, options: LintOptions) => {
    await runLint(text, options);
  });
}

/** A finding, to be shown and as JSON. */
interface Shown {
  readonly text: string;
  readonly finding: object;
}

async function runLint(
  text: string | undefined,
  { repo, config, dialect, json = false }: LintOptions,
): Promise<void> {
  if ([text, repo, config].filter((given) => given !== undefined).length > 1) {
    throw new UserError('give one of an expression, --repo DIR and --config FILE.');
  }
  const found = await findings({ text, repo, config, dialect });
  const output = new OutputBuffer();
  for (const each of found) await output.line(json ? JSON.stringify(each.finding) : each.text);
  await output.end();
  if (found.length > 0) throw new FoundWanting();
}

async function findings({
  text,
  repo,
  config,
  dialect,
}: {
  readonly text: string | undefined;
  readonly repo: string | undefined;
  readonly config: string | undefined;
  readonly dialect: Dialect;
}): Promise<readonly Shown[]> {
  if (text !== undefined) return inExpression(text, dialect);
  return config === undefined
    ? await inRepository(repo ?? '.', dialect)
    : await inFile(config, dialect);
}

async function inRepository(directory: string, dialect: Dialect): Promise<readonly Shown[]> {
  await findGit();
  const annex = await Annex.openInitialized(directory);
  try {
    return inConfiguration(await annex.configuration(dialect));
  } finally {
    await annex.close();
  }
}

function inExpression(text: string, dialect: Dialect): readonly Shown[] {
  return lintExpression(text, dialect).map((finding) => ({
    text: formatFinding(finding, text),
    finding,
  }));
}

async function inFile(file: string, dialect: Dialect): Promise<readonly Shown[]> {
  const annexes = annexesIn(file, await readText(file), dialect);
  return [...annexes].flatMap(([id, configuration]) => inConfiguration(configuration, id));
}

/** @param id what it is called where there are several. */
function inConfiguration(configuration: Configuration, id = ''): readonly Shown[] {
  return lintConfiguration(configuration).map((finding) => ({
    text: `${id === '' ? '' : `${id}: `}${formatFinding(finding, finding.place.text, finding.place)}`,
    finding: id === '' ? finding : { config: id, ...finding },
  }));
}

/** One annex, or several by their ids: what has `repos` is one. */
function annexesIn(
  file: string,
  json: string,
  dialect: Dialect,
): ReadonlyMap<string, Configuration> {
  const one = readRecordedAnnex(json, dialect);
  if (one.kind === 'value') return new Map([['', one.value.configuration]]);
  const several = readRecordedAnnexes(json, dialect);
  if (several.kind === 'problem') {
    const message = one.message === 'repos is missing' ? several.message : one.message;
    throw new UserError(`${file}: ${message}`);
  }
  return new Map([...several.value].map(([id, { configuration }]) => [id, configuration]));
}
