import type { ContentPlan } from '../../annex/index.ts';
import {
  explain,
  explanationJson,
  formatExplanation,
  type DropRefusal,
  type Explanation,
} from '../../placement/index.ts';
import { plain, type Uuid } from '../../units/index.ts';
import type { PlanTotals } from './plan-totals.ts';

/** How plans are told. */
export interface PlanForm {
  readonly nameOf: (repository: Uuid) => string;
  /** Whether the reason of each move is told. */
  readonly why: boolean;
}

/** What is planned for a content as lines for people; none for one that only has to stay. */
export function planLines(plan: ContentPlan, form: PlanForm): readonly string[] {
  const { content } = plan;
  const [file = content.keyText] = content.files;
  const what = plain(file);
  const lines: string[] = [];
  for (const { kind, repository, from } of plan.moves) {
    const name = plain(form.nameOf(repository));
    if (kind === 'drop') lines.push(`drop ${what} from ${name}`);
    else lines.push(`get ${what} to ${name} from ${plain(form.nameOf(from ?? repository))}`);
    if (form.why) lines.push(...reasonLines(plan, repository, kind));
  }
  const named = (uuid: Uuid): string => plain(form.nameOf(uuid));
  if (plan.cycle !== undefined) {
    const last = plan.moves.slice(-plan.cycle);
    const moves = last.map(({ kind, repository }) => `${kind} ${named(repository)}`).join(', ');
    lines.push(`never settles ${what}: these ${plan.cycle} moves come again and again: ${moves}`);
  }
  for (const uuid of plan.full) {
    lines.push(`full ${what}: ${named(uuid)} wants it, and has no room below its maxsize`);
  }
  for (const uuid of plan.lost) lines.push(`lost ${what}: ${named(uuid)} wants it, nobody has it`);
  if (!form.why) return lines;
  for (const { repository, refusals } of plan.kept) {
    const why = refusals.map((refusal) => refusalWords(refusal, named)).join('; ');
    lines.push(`keep ${what} on ${named(repository)}, which does not want it: ${why}`);
  }
  return lines;
}

function reasonLines(plan: ContentPlan, repository: Uuid, kind: 'get' | 'drop'): readonly string[] {
  const { world } = plan.content;
  return explanationsOf(plan, repository, kind).flatMap((explanation) =>
    formatExplanation(explanation, world.configuration)
      .split('\n')
      .map((line) => `    ${line}`),
  );
}

/** Why a repository wants a content or does not, for each of its files, as things are before the plan. */
function explanationsOf(
  { content }: ContentPlan,
  repository: Uuid,
  kind: 'get' | 'drop',
): readonly Explanation[] {
  const { key, keyText, world } = content;
  const files = content.files.length === 0 ? [undefined] : content.files;
  const question = kind === 'get' ? 'wanted' : 'wouldWantIfAbsent';
  return files.map((file) => explain(repository, { key, keyText, file }, world, question));
}

function refusalWords(refusal: DropRefusal, named: (uuid: Uuid) => string): string {
  if (refusal.kind === 'required') return 'it is required there';
  const { kind, needed, counted, unproved } = refusal;
  const others =
    counted.length === 0 ? 'none is elsewhere' : `elsewhere ${counted.map(named).join(', ')}`;
  const rest = unproved.length === 0 ? '' : `; ${unproved.map(named).join(', ')} can keep no lock`;
  return `${kind} is ${needed}, ${others}${rest}`;
}

/** What is planned for a content as objects for JSON, one for each line. */
export function planObjects(plan: ContentPlan, form: PlanForm): readonly object[] {
  const { content, cycle } = plan;
  const about = {
    key: content.keyText,
    files: content.files,
    bytes: content.key.sizeBytes === undefined ? null : Number(content.key.sizeBytes),
  };
  const of = (uuid: Uuid): object => ({ repository: uuid, name: form.nameOf(uuid) });
  const moves = plan.moves.map(({ kind, repository, from }) => ({
    move: kind,
    ...about,
    ...of(repository),
    ...(from === undefined ? {} : { from }),
    ...(form.why
      ? {
          why: explanationsOf(plan, repository, kind).map((each): unknown =>
            JSON.parse(explanationJson(each)),
          ),
        }
      : {}),
  }));
  return [
    ...moves,
    ...(cycle === undefined ? [] : [{ move: 'cycle', ...about, period: cycle }]),
    ...plan.full.map((uuid) => ({ move: 'full', ...about, ...of(uuid) })),
    ...plan.lost.map((uuid) => ({ move: 'lost', ...about, ...of(uuid) })),
    ...plan.kept.map(({ repository, refusals }) => ({
      move: 'keep',
      ...about,
      ...of(repository),
      refusals,
    })),
  ];
}

const totalWords = {
  get: 'gets',
  drop: 'drops',
  full: 'has no room for',
  lost: 'wants, and nobody has,',
  kept: 'does not want, and must keep,',
} as const;

/** What a plan comes to, as lines for people. */
export function totalLines(totals: PlanTotals, { nameOf }: Pick<PlanForm, 'nameOf'>): string[] {
  const lines = [...totals.rows()].map(({ kind, repository, from, total }) => {
    const source = from === undefined ? '' : ` from ${plain(nameOf(from))}`;
    const [count, bytes] = [counted(total.contents, 'content'), counted(total.bytes, 'byte')];
    return `${plain(nameOf(repository))} ${totalWords[kind]} ${count}, ${bytes}${source}`;
  });
  if (totals.cycles > 0) lines.push(`never settling: ${counted(totals.cycles, 'content')}`);
  const moves = totals.moves === 0 ? 'nothing is to be moved' : counted(totals.moves, 'move');
  return [...lines, `${counted(totals.contents, 'content')}: ${moves}`];
}

function counted(number: number | bigint, what: string): string {
  return `${number.toLocaleString('en')} ${what}${Number(number) === 1 ? '' : 's'}`;
}

/** What a plan comes to, as an object for JSON. */
export function totalObject(totals: PlanTotals, { nameOf }: Pick<PlanForm, 'nameOf'>): object {
  return {
    contents: totals.contents,
    moves: totals.moves,
    cycles: totals.cycles,
    totals: [...totals.rows()].map(({ kind, repository, from, total }) => ({
      move: kind === 'kept' ? 'keep' : kind,
      repository,
      name: nameOf(repository),
      from,
      contents: total.contents,
      bytes: Number(total.bytes),
    })),
  };
}
