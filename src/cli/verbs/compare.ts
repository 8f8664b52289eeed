import type { Command } from 'commander';
import {
  compareExpressions,
  formatProblem,
  parseExpression,
  type Comparison,
  type Dialect,
  type Expression,
  type Supposition,
} from '../../expression/index.ts';
import { plain } from '../../units/index.ts';
import { FoundWanting, statuses } from '../errors.ts';
import { write } from '../words/output.ts';
import { withDialectOption, type DialectOptions } from '../options/dialect-option.ts';

interface CompareOptions extends DialectOptions {
  readonly json?: boolean;
}

/** `ballast compare A B`: what two expressions have to do with each other. */
export function addCompareVerb(program: Command): void {
  withDialectOption(
    program
      .command('compare')
      .description('tell whether two preferred content expressions match the same')
      .argument('<A>', 'an expression, as one word of the shell: quote it')
      .argument('<B>', 'another one')
      .option('--json', 'print JSON')
      .addHelpText('after', statusHelp),
  ).action(async (first: string, second: string, options: CompareOptions) => {
    await runCompare(first, second, options);
  });
}

type Relation = Comparison['relation'];

/** The exit status (docs/decisions.md, decision 14) and the sentence of each relation. */
const relations: Readonly<Record<Relation, readonly [status: number, sentence: string]>> = {
  equal: [0, 'equal: in every world both match the same'],
  implies: [1, 'A implies B: wherever A matches, B matches, and not the other way round'],
  impliedBy: [1, 'B implies A: wherever B matches, A matches, and not the other way round'],
  contradictory: [1, 'contradictory: in no world both match'],
  neither: [1, 'neither: none of them is proved to imply or to contradict the other'],
  unknown: [3, 'unknown: they ask more than can be tried'],
};

const statusHelp = `
Ends with 0 when they are equal, 1 when another relation holds or none is proved (the first line, or JSON, says
which), 2 when an expression cannot be read, and 3 when there is too much to try. A relation that is told
holds in every annex. One that is not told may still hold: of two globs nothing is known but their texts.`;

async function runCompare(
  a: string,
  b: string,
  { dialect, json = false }: CompareOptions,
): Promise<void> {
  const [first, second] = [readTree('A', a, dialect), readTree('B', b, dialect)];
  if (first === undefined || second === undefined) throw new FoundWanting(statuses.unable);
  const comparison = compareExpressions(first, second);
  const [status, sentence] = relations[comparison.relation];
  await write(
    json
      ? `${JSON.stringify({ dialect: dialect.version, a, b, ...comparison })}\n`
      : `${[sentence, ...partingsIn(comparison)].join('\n')}\n`,
  );
  if (status !== 0) throw new FoundWanting(status);
}

/** The tree of an expression; what is wrong with it is told. */
function readTree(name: string, text: string, dialect: Dialect): Expression | undefined {
  const parsed = parseExpression(text, dialect);
  if (parsed.kind === 'expression') return parsed.tree;
  const problems = parsed.problems.map(formatProblem);
  console.error(`ballast: ${name} cannot be read; expected an expression\n${problems.join('\n')}`);
  return undefined;
}

/** Where only one matches, as far as that was found; where both do, only if neither implies the other. */
function partingsIn({ relation, onlyFirst, onlySecond, both }: Comparison): readonly string[] {
  const isApart = relation === 'neither' || relation === 'unknown';
  return [
    ...parting('A matches and B does not', onlyFirst),
    ...parting('B matches and A does not', onlySecond),
    ...parting('both match', isApart ? both : undefined),
  ];
}

function parting(what: string, where: readonly Supposition[] | undefined): readonly string[] {
  if (where === undefined) return [];
  if (where.length === 0) return [`${what} everywhere`];
  const lines = where.map(({ says, isTrue }) => `  ${plain(says)} is ${isTrue}`);
  return [`${what} where`, ...lines];
}
