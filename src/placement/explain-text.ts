/** An explanation for people and for programs. */
import { annexOf } from './annex.ts';
import type { Configuration } from './configuration.ts';
import type { Explained, ExplainedQuestion, Explanation } from './explain.ts';
import { nameOf } from './names.ts';
import { plain } from './plain.ts';

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

/** As indented lines, one term a line with the facts behind its value. */
export function formatExplanation(explanation: Explanation, configuration: Configuration): string {
  const { repository, question, item, value, tree } = explanation;
  const name = nameOf(annexOf(configuration), repository);
  const answer = questions[question][value === true ? 0 : 1];
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
    case 'unstable':
      return `: the expression is not used, since ${unstable.join(' and ')} under "not" would not be stable`;
    case 'undecidable':
      return ': a glob in it cannot be compiled, so it means present';
  }
}

function outline(explained: Explained, depth: number, lines: string[]): void {
  const line = (text: string): void => {
    lines.push('  '.repeat(Math.min(depth, indentedDepthMax)) + text);
  };
  switch (explained.kind) {
    case 'any':
      line('(everything) is true');
      return;
    case 'not':
      line(`not: ${explained.value}`);
      outline(explained.operand, depth + 1, lines);
      return;
    case 'term': {
      const { text, value, because, standsFor } = explained;
      line(`${text} is ${value}${because === '' ? '' : `: ${because}`}`);
      if (standsFor !== undefined) outline(standsFor, depth + 1, lines);
      return;
    }
    default: {
      const { kind, value, operands, unasked } = explained;
      line(`${kind}: ${value}${unasked === 0 ? '' : ` (${unasked} more not asked)`}`);
      for (const operand of operands) outline(operand, depth + 1, lines);
    }
  }
}

/** As one line of JSON; sizes in bytes are strings. */
export function explanationJson({ item, ...explanation }: Explanation): string {
  const { keyText: key, file = null } = item;
  const { value = null, tree = null, ...rest } = explanation;
  return JSON.stringify({ key, file, value, ...rest, tree }, (_name, part: unknown) =>
    typeof part === 'bigint' ? part.toString() : part,
  );
}
