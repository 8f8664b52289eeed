/** An explanation for people and for programs. */
import { exactJson } from '../../expression/index.ts';
import { plain } from '../../units/index.ts';
import { annexOf } from '../world/annex.ts';
import type { Configuration } from '../world/configuration.ts';
import {
  runsOf,
  type Explained,
  type ExplainedQuestion,
  type ExplainedRun,
  type Explanation,
} from './explain.ts';
import { nameOf } from '../world/names.ts';

/** Beyond this depth lines are not indented further. */
const indentedDepthMax = 40;

const questions: Readonly<Record<ExplainedQuestion, readonly [yes: string, no: string]>> = {
  wanted: ['wants', 'does not want'],
  wouldWantIfAbsent: [
    'would want, if it did not have it,',
    'would not want, if it did not have it,',
  ],
  required: ['requires', 'does not require'],
  wouldRequireIfAbsent: [
    'would require, if it did not have it,',
    'would not require, if it did not have it,',
  ],
};

/** An explanation as indented lines, one term a line with the facts behind its value. */
export function formatExplanation(explanation: Explanation, configuration: Configuration): string {
  const { repository, question, item, value, tree } = explanation;
  const name = nameOf(annexOf(configuration), repository);
  const answer = questions[question][value === true ? 0 : 1];
  if (explanation.refusal !== undefined) {
    return plain(`nobody can say here what ${name} wants: ${explanation.refusal}`);
  }
  const lines = [`${name} ${answer} ${item.file ?? item.keyText}${groundsOf(explanation)}`];
  if (tree !== undefined) outline(tree, 1, lines);
  return lines.map(plain).join('\n');
}

function groundsOf({ rests, unstable }: Explanation): string {
  switch (rests) {
    case 'tree':
      return ', because';
    case 'unset':
      return ': it has no expression';
    case 'unparsable':
      return ': its expression does not parse, so it means present';
    case 'refused':
      return ': its expression is refused here';
    case 'unstable':
      return `: the expression is not used, since ${unstable.join(' and ')} under "not" would not be stable`;
    case 'undecidable':
      return ': a glob in it cannot be compiled, so it means present';
  }
}

/**
 * Goes down the first operands in a loop, since a chain of runs has no bound; other nesting has.
 */
function outline(explained: Explained, depth: number, lines: string[]): void {
  const line = (text: string, level: number): void => {
    lines.push('  '.repeat(Math.min(level, indentedDepthMax)) + text);
  };
  const { runs, first } = runsOf(explained);
  for (const [level, { kind, value, unasked }] of runs.entries()) {
    line(`${kind}: ${value}${unasked === 0 ? '' : ` (${unasked} more not asked)`}`, depth + level);
  }
  const firstDepth = depth + runs.length;
  switch (first.kind) {
    case 'any':
      line('(everything) is true', firstDepth);
      break;
    case 'not':
      line(`not: ${first.value}`, firstDepth);
      outline(first.operand, firstDepth + 1, lines);
      break;
    case 'term': {
      const { text, value, because, standsFor } = first;
      line(`${text} is ${value}${because === '' ? '' : `: ${because}`}`, firstDepth);
      if (standsFor !== undefined) outline(standsFor, firstDepth + 1, lines);
    }
  }
  for (const [level, { operands }] of [...runs.entries()].reverse()) {
    for (const operand of operands.slice(1)) outline(operand, depth + level + 1, lines);
  }
}

/** An explanation as one line of JSON; sizes in bytes are strings. */
export function explanationJson({ item, ...explanation }: Explanation): string {
  const { keyText: key, file = null } = item;
  const { value = null, tree, ...rest } = explanation;
  const head = exactJson({ key, file, value, ...rest });
  return `${head.slice(0, -1)},"tree":${tree === undefined ? 'null' : explainedJson(tree)}}`;
}

function explainedJson(explained: Explained): string {
  const { runs, first } = runsOf(explained);
  const heads = runs.map(({ kind }) => `{"kind":"${kind}","operands":[`);
  const tails = runs.toReversed().map(({ operands, unasked, value }) => {
    const others = operands.slice(1).map((operand) => `,${explainedJson(operand)}`);
    return `${others.join('')}],"unasked":${unasked},"value":${value}}`;
  });
  return `${heads.join('')}${firstJson(first)}${tails.join('')}`;
}

function firstJson(first: Exclude<Explained, ExplainedRun>): string {
  if (first.kind === 'any') return exactJson(first);
  const [name, inner, own] =
    first.kind === 'not'
      ? (['operand', first.operand, { kind: first.kind, value: first.value }] as const)
      : (['standsFor', first.standsFor, { ...first, standsFor: undefined }] as const);
  const head = exactJson(own);
  return inner === undefined ? head : `${head.slice(0, -1)},"${name}":${explainedJson(inner)}}`;
}
