import type { Command } from 'commander';
import { PlannedContents, planAnnex, wantsInAnnex } from '../../annex/index.ts';
import { refusedIn } from '../../placement/index.ts';
import { UserError } from '../errors.ts';
import { withDialectOption, type DialectOptions } from '../options/dialect-option.ts';
import { planLines, planObjects, totalLines, totalObject } from '../planning/plan-text.ts';
import { PlanTotals } from '../planning/plan-totals.ts';
import { planScope, type ScopeOptions } from '../planning/scope.ts';
import { configurationAfter } from '../planning/what-if.ts';
import { OutputBuffer } from '../words/output.ts';
import { ProgressLine } from '../words/progress.ts';
import { withAnnex } from '../words/with-annex.ts';

interface PlanVerbOptions extends DialectOptions, ScopeOptions {
  readonly whatIf?: readonly string[];
  readonly whatIfFile?: string;
  readonly rebalance?: boolean;
  readonly why?: boolean;
  readonly summary?: boolean;
  readonly json?: boolean;
}

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
  ).action(async (directory: string | undefined, options: PlanVerbOptions) => {
    await runPlan(directory ?? '.', options);
  });
}

const statusHelp = `
Ends with 0, whether or not something is to be moved: --json tells how much that is.`;

function gathered(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

async function runPlan(directory: string, options: PlanVerbOptions): Promise<void> {
  const { whatIf: lines = [], whatIfFile: file, why = false, json = false } = options;
  await withAnnex(directory, options.dialect, async (annex, before) => {
    const after = await configurationAfter({ lines, file }, annex, before);
    const configuration = options.rebalance === true ? { ...after, rebalance: true } : after;
    const refused = refusedIn(configuration);
    if (refused !== undefined) throw new UserError(refused);
    const scope = await planScope(annex, configuration, options);
    const contents = await PlannedContents.open(annex, { configuration, asked: scope.asked });
    const form = { nameOf: scope.nameOf, why };
    const output = new OutputBuffer();
    const progress = new ProgressLine({ mixes: options.summary !== true });
    const totals = new PlanTotals();
    const planned = options.each === true ? wantsInAnnex : planAnnex;
    for await (const plans of planned(contents, scope)) {
      for (const plan of plans) {
        totals.count(plan);
        if (plan === undefined || options.summary === true) continue;
        const told = json
          ? planObjects(plan, form).map((object) => JSON.stringify(object))
          : planLines(plan, form);
        for (const line of told) await output.line(line);
      }
      progress.show(() => `${totals.contents.toLocaleString('en')} contents`);
    }
    progress.clear();
    if (annex.unreadLogs > 0) {
      console.error(`ballast: ${annex.unreadLogs} logs cannot be read, and are passed over`);
    }
    for (const uuid of scope.passedOver) {
      console.error(`ballast: ${scope.nameOf(uuid)} has no expression, and is left as it is`);
    }
    if (json) await output.line(JSON.stringify(totalObject(totals, form)));
    else for (const line of totalLines(totals, form)) await output.line(line);
    await output.end();
  });
}
