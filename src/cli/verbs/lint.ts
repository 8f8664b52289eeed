import type { Command } from 'commander';
import { FoundWanting, UserError } from '../errors.ts';
import { annexesAt } from '../lint/annexes.ts';
import { findingsInAnnex, findingsInExpression, type Shown } from '../lint/findings.ts';
import { fixAnnexes, fixExpression } from '../lint/fix.ts';
import { OutputBuffer } from '../words/output.ts';
import { withDialectOption, type DialectOptions } from '../options/dialect-option.ts';

interface LintOptions extends DialectOptions {
  readonly repo?: string;
  readonly config?: string;
  readonly fix?: boolean;
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
      .option(
        '--fix',
        'print the expression with all mended that can be without a change of meaning; of an annex, the commands that do so',
      )
      .option('--json', 'print one line of JSON for each finding')
      .addHelpText('after', statusHelp),
  ).action(async (text: string | undefined, options: LintOptions) => {
    await runLint(text, options);
  });
}

const statusHelp = `
Ends with 0 when nothing is found, else with 1. With --fix nothing is changed: what is printed are words and commands
for you, what they leave to be found goes to standard error, and 0 means that they leave nothing.`;

async function runLint(
  text: string | undefined,
  { repo, config, dialect, fix = false, json = false }: LintOptions,
): Promise<void> {
  if ([text, repo, config].filter((given) => given !== undefined).length > 1) {
    throw new UserError('give one of an expression, --repo DIR and --config FILE.');
  }
  if (text !== undefined) {
    if (fix) await fixExpression(text, { dialect, json });
    else await tell(findingsInExpression(text, dialect), { json });
    return;
  }
  const annexes = await annexesAt({ repo, config, dialect });
  if (fix) await fixAnnexes(annexes, { json });
  else
    await tell(
      [...annexes].flatMap(([id, each]) => findingsInAnnex(each, id)),
      { json },
    );
}

async function tell(found: readonly Shown[], { json }: { readonly json: boolean }): Promise<void> {
  const output = new OutputBuffer();
  for (const each of found) await output.line(json ? JSON.stringify(each.finding) : each.text);
  await output.end();
  if (found.length > 0) throw new FoundWanting();
}
