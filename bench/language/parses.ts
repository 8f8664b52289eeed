/**
 * How often the longest standard expression is parsed a second. Prints figures as JSON. Run by
 * bench/language.ts, in a process of its own.
 *
 *     node bench/language/parses.ts
 */
import { parseExpression } from '../../src/expression/index.ts';
import { standardGroups } from '../../src/placement/index.ts';

/** One way of asking for it. */
export interface ParseFigure {
  readonly name: string;
  readonly parsesPerSecond: number;
  readonly parsesPerCpuSecond: number;
}

/** Of processor time, so that a busy machine does not measure an engine that is still cold. */
const roundCpuMs = 1500;

/**
 * Longest one first, so that what the engine makes of the code does not come from an easier task.
 */
const tasks: readonly { readonly name: string; readonly textOf: (number: number) => string }[] = [
  { name: 'text and all values new', textOf: (number) => withNewValues(longest(), number) },
  { name: 'text and one word new', textOf: (number) => `${longest()} or include=n${number}` },
  { name: 'text new, words known', textOf: (number) => `${longest()}${blanksOf(number)}` },
  { name: 'text known', textOf: longest },
];

const text = [...standardGroups.values()].reduce((longest, each) =>
  each.length > longest.length ? each : longest,
);

function longest(): string {
  return text;
}

/** A name and every number differs from all before. */
function withNewValues(text: string, number: number): string {
  return text.replaceAll(/=([^ )]*)/g, (_, value: string) =>
    /^\d/.test(value) ? `=${value}n${number}` : `=n${number}${value}`,
  );
}

/** A trail of blanks for each number below 2^20. */
function blanksOf(number: number): string {
  return Array.from({ length: 20 }, (_, bit) => ((number >> bit) & 1 ? '\t' : ' ')).join('');
}

/** Texts are made beforehand, some at a time. */
const batch = 1000;

const figures = tasks.map(({ name, textOf }): ParseFigure => {
  let number = 0;
  let parses = 0;
  let wallMs = 0;
  let cpuMicros = 0;
  // The first half is there for the engine to get warm.
  for (const isMeasured of [false, true]) {
    const roundStart = process.cpuUsage();
    while (cpuMicrosSince(roundStart) < roundCpuMs * 1000) {
      const texts = Array.from({ length: batch }, () => textOf(number++));
      const cpu = process.cpuUsage();
      const start = performance.now();
      for (const text of texts) parse(text);
      if (!isMeasured) continue;
      wallMs += performance.now() - start;
      cpuMicros += cpuMicrosSince(cpu);
      parses += batch;
    }
  }
  return {
    name,
    parsesPerSecond: (parses / wallMs) * 1000,
    parsesPerCpuSecond: (parses / cpuMicros) * 1e6,
  };
});
process.stdout.write(JSON.stringify(figures));

function cpuMicrosSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function parse(text: string): void {
  if (parseExpression(text).kind !== 'expression') throw new Error(`does not parse: ${text}`);
}
