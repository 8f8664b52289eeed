import { describe, expect, test } from 'vitest';
import { dialects, type Dialect } from '../../src/expression/index.ts';
import {
  answerCases,
  answerPicks,
  readRecordedAnnexes,
  type AnswerLine,
} from '../../src/placement/index.ts';
import { readGolden } from '../golden/read-golden.ts';

interface Recorded {
  readonly lines: readonly string[];
  readonly answer: AnswerLine;
}

/** The cases that a version of git-annex answered, and our answers in its dialect. */
function casesOf(folder: string, dialect: Dialect): Recorded {
  const annexes = readRecordedAnnexes(readGolden(`${folder}configs.json.gz`), dialect);
  if (annexes.kind === 'problem') throw new Error(annexes.message);
  return { lines: linesOf(`${folder}expressions.jsonl.gz`), answer: answerCases(annexes.value) };
}

function linesOf(name: string): readonly string[] {
  return readGolden(name).trimEnd().split('\n');
}

/** What is wrong with our answers, and how many answers of repositories there are. */
function judge({ lines, answer }: Recorded): { wrong: readonly string[]; answers: number } {
  const wrong: string[] = [];
  let answers = 0;
  for (const [index, line] of lines.entries()) {
    const answered = answer(line);
    if (answered.kind === 'problem') wrong.push(`line ${index + 1}: ${answered.message}`);
    else {
      const { differences = ['there is nothing to compare with'] } = answered;
      for (const difference of differences) wrong.push(`line ${index + 1}: ${difference}`);
      answers += answered.json.match(/:(?:true|false)/g)?.length ?? 0;
    }
  }
  return { wrong, answers };
}

/** The middle word of a case's configuration id. */
function topicOf(line: string): string {
  return /"config":"\w+-(\w+)-/.exec(line)?.[1] ?? '';
}

describe.each([
  { dialect: dialects.reference, folder: '', cases: 5392, answers: 57_287 },
  { dialect: dialects.newest, folder: 'newest/', cases: 2163, answers: 33_264 },
])('agrees with git-annex $dialect.version on', ({ dialect, folder, cases, answers }) => {
  const recorded = casesOf(folder, dialect);
  const topics = [...new Set(recorded.lines.map(topicOf))];

  test.each(topics)('the %s cases', (topic) => {
    const lines = recorded.lines.filter((line) => topicOf(line) === topic);

    expect(judge({ ...recorded, lines }).wrong).toEqual([]);
  });

  test(`all ${cases} cases, ${answers} answers`, () => {
    const judged = judge(recorded);

    expect(judged.wrong).toEqual([]);
    expect(recorded.lines.length).toBe(cases);
    expect(judged.answers).toBe(answers);
  });
});

test.each([
  { name: 'balanced-picks.jsonl.gz', dialect: dialects.reference, picks: 660 },
  { name: 'newest/lacking-picks.jsonl.gz', dialect: dialects.newest, picks: 300 },
])('agrees with git-annex $dialect.version on the $picks picks of $name', (golden) => {
  const lines = linesOf(golden.name);

  const { wrong } = judge({ lines, answer: answerPicks(golden.dialect) });

  expect(wrong).toEqual([]);
  expect(lines.length).toBe(golden.picks);
});

test('the older cases differ in the newest dialect in 19 answers, all of an empty groupwanted entry', () => {
  const json = readGolden('configs.json.gz');
  const annexes = readRecordedAnnexes(json, dialects.newest);
  if (annexes.kind === 'problem') throw new Error(annexes.message);
  const { lines } = casesOf('', dialects.reference);
  const answer = answerCases(annexes.value);

  const differing = lines.filter((line) => judge({ lines: [line], answer }).wrong.length > 0);

  expect(judge({ lines, answer }).wrong.length).toBe(19);
  for (const line of differing) {
    const id = /"config":"([^"]+)"/.exec(line)?.[1] ?? '';
    const groupwanted = annexes.value.get(id)?.configuration.groupwanted;
    expect([...(groupwanted?.values() ?? [])]).toContain('');
  }
});
