import type { Command } from 'commander';
import { formatTerm, likelyWord, termsTable } from '../../expression/index.ts';
import { shown } from '../../units/index.ts';
import { UserError } from '../errors.ts';
import { write } from '../words/output.ts';
import { withDialectOption, type DialectOptions } from '../options/dialect-option.ts';

interface TermsOptions extends DialectOptions {
  readonly json?: boolean;
}

/** `ballast terms [NAME]`: what there is to write in a preferred content expression. */
export function addTermsVerb(program: Command): void {
  withDialectOption(
    program
      .command('terms')
      .description('tell what the terms of preferred content expressions mean')
      .argument('[NAME]', 'only this term')
      .option('--json', 'print one line of JSON for each term'),
  ).action(async (name: string | undefined, options: TermsOptions) => {
    await runTerms(name, options);
  });
}

async function runTerms(
  name: string | undefined,
  { dialect, json = false }: TermsOptions,
): Promise<void> {
  const table = termsTable(dialect);
  const told = name === undefined ? table : table.filter((term) => term.name === name);
  if (name !== undefined && told.length === 0) {
    const likely = likelyWord(
      name,
      table.map((term) => term.name),
    );
    const hint = likely === undefined ? '"ballast terms" lists all' : `did you mean ${likely}?`;
    throw new UserError(`git-annex ${dialect.version} has no term ${shown(name)}; ${hint}`);
  }
  const texts = told.map((term) => (json ? JSON.stringify(term) : formatTerm(term)));
  await write(`${texts.join(json ? '\n' : '\n\n')}\n`);
}
