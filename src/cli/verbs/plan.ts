import type { Command } from 'commander';
import { withDialectOption, type DialectOptions } from '../options/dialect-option.ts';
import { tellPlan, type PlanQuestion } from '../planning/tell-plan.ts';
import { OutputBuffer } from '../words/output.ts';
import { ProgressLine } from '../words/progress.ts';
import { withAnnex } from '../words/with-annex.ts';

/** `ballast plan [REPO]`: what repair would move to have each repository keep what it wants. */
export function addPlanVerb(program: Command): void {
  withDialectOption(
    program
      .command('plan')
      .description(
        'tell which copies have to come and go for each repository to keep what it wants',
      )
      .argument('[REPO]', 'a real annex, which is only read; the one around by default')
      .option('--cluster <NAME>', 'only the nodes of this cluster; may be given again', gathered)
      .option('--repository <NAME>', 'only this repository; may be given again', gathered)
      .option(
        '--each',
        'ask each repository by itself as things are, as `git annex find --want-get-by` does',
      )
      .option(
        '--what-if <COMMAND>',
        'as if this had been set, such as "wanted node1 not include=*.tmp"; may be given again',
        gathered,
      )
      .option(
        '--what-if-file <FILE>',
        'as if the commands of this file of the sim language had been',
      )
      .option('--rebalance', "with the meaning that git-annex's --rebalance gives balanced terms")
      .option('--why', 'tell the reason of each move, and of what has to stay')
      .option('--summary', 'only what it comes to')
      .option('--json', 'print one line of JSON for each move, and one of what it comes to')
      .addHelpText('after', statusHelp),
  ).action(async (directory: string | undefined, options: DialectOptions & PlanQuestion) => {
    await runPlan(directory ?? '.', options);
  });
}

const statusHelp = `
Ends with 0, whether or not something is to be moved: --json tells how much that is.`;

function gathered(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

async function runPlan(
  directory: string,
  { dialect, ...question }: DialectOptions & PlanQuestion,
): Promise<void> {
  await withAnnex(directory, dialect, async (annex, configuration) => {
    const output = new OutputBuffer();
    const progress = new ProgressLine({ mixes: question.summary !== true });
    await tellPlan(annex, configuration, {
      question,
      listener: {
        line: (text) => output.line(text),
        note: (text) => {
          progress.clear();
          console.error(`ballast: ${text}`);
        },
        reached: (contents) => progress.show(() => `${contents.toLocaleString('en')} contents`),
      },
    });
    progress.clear();
    await output.end();
  });
}
