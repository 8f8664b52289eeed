import { PlannedContents, planAnnex, wantsInAnnex, type OpenAnnex } from '../../annex/index.ts';
import { refusedIn, type Configuration } from '../../placement/index.ts';
import { plain } from '../../units/index.ts';
import { UserError } from '../errors.ts';
import { planLines, planObjects, totalLines, totalObject } from './plan-text.ts';
import { PlanTotals } from './plan-totals.ts';
import { planScope, type ScopeOptions } from './scope.ts';
import { configurationAfter } from './what-if.ts';

/** What was asked of a plan. */
export interface PlanQuestion extends ScopeOptions {
  readonly whatIf?: readonly string[];
  readonly whatIfFile?: string;
  readonly rebalance?: boolean;
  readonly why?: boolean;
  readonly summary?: boolean;
  readonly json?: boolean;
}

/** Whom a plan is told to. */
export interface PlanListener {
  /** Of the answer. */
  line(text: string): Promise<void>;
  /** What is to be known beside the answer: what was passed over. */
  note(text: string): void;
  /** So many contents were looked at. */
  reached(contents: number): void;
}

/**
 * Plans an annex, and tells it content by content as it goes.
 *
 * @param before the configuration, without the edits that are asked about.
 * @throws UserError for a name or an edit that is none, and for an expression that cannot be evaluated here.
 */
export async function tellPlan(
  annex: OpenAnnex,
  before: Configuration,
  { question, listener }: { readonly question: PlanQuestion; readonly listener: PlanListener },
): Promise<void> {
  const { whatIf: lines = [], whatIfFile: file, why = false, json = false } = question;
  const after = await configurationAfter({ lines, file }, annex, before);
  const configuration = question.rebalance === true ? { ...after, rebalance: true } : after;
  const refused = refusedIn(configuration);
  if (refused !== undefined) throw new UserError(refused);
  const scope = await planScope(annex, configuration, question);
  const contents = await PlannedContents.open(annex, { configuration, asked: scope.asked });
  const form = { nameOf: scope.nameOf, why };
  const totals = new PlanTotals();
  const planned = question.each === true ? wantsInAnnex : planAnnex;
  for await (const plans of planned(contents, scope)) {
    for (const plan of plans) {
      totals.count(plan);
      if (plan === undefined || question.summary === true) continue;
      const told = json
        ? planObjects(plan, form).map((object) => JSON.stringify(object))
        : planLines(plan, form);
      for (const line of told) await listener.line(line);
    }
    listener.reached(totals.contents);
  }
  if (annex.unreadLogs > 0) {
    listener.note(`${annex.unreadLogs} logs cannot be read, and are passed over`);
  }
  for (const [uuid, reason] of scope.passedOver) {
    listener.note(`${plain(scope.nameOf(uuid))} ${reason}, and is left as it is`);
  }
  if (json) await listener.line(JSON.stringify(totalObject(totals, form)));
  else for (const line of totalLines(totals, form)) await listener.line(line);
}
