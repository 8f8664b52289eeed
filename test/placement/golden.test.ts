import { describe, expect, test } from 'vitest';
import { wanted, wouldWantIfAbsent } from '../../src/placement/index.ts';
import { parseUuid, type Uuid } from '../../src/units/index.ts';
import { readGolden } from '../golden/read-golden.ts';
import { goldenCases, goldenSettings, itemOf, worldOf, type GoldenCase } from './golden-world.ts';

const settings = goldenSettings();
const casesByTopic = new Map<string, GoldenCase[]>();
for (const golden of goldenCases()) {
  const [, topic = ''] = golden.config.split('-');
  const cases = casesByTopic.get(topic);
  if (cases === undefined) casesByTopic.set(topic, [golden]);
  else cases.push(golden);
}

/** The answers of git-annex that ours differ from. */
function differences(golden: GoldenCase): readonly string[] {
  const setting = settings.get(golden.config);
  if (setting === undefined) throw new Error(`no configuration ${golden.config}`);
  const item = itemOf(golden);
  const world = worldOf(golden, setting);
  const differs = (
    answers: Readonly<Record<string, boolean>>,
    question: string,
    answer: (repository: Uuid) => boolean,
  ): string[] =>
    Object.entries(answers)
      .filter(([text, expected]) => answer(uuid(text)) !== expected)
      .map(([text, expected]) => `${golden.config} ${golden.key}: ${question} ${text} ${expected}`);
  return [
    ...differs(golden.wantget, 'wantget', (repository) => wanted(repository, item, world)),
    ...differs(
      golden.wantdrop ?? {},
      'wantdrop',
      (repository) => !wouldWantIfAbsent(repository, item, world),
    ),
  ];
}

function uuid(text: string): Uuid {
  const parsed = parseUuid(text);
  if (parsed === undefined) throw new Error(`no UUID: ${text}`);
  return parsed;
}

describe('agrees with git-annex 10.20250416 on every answer of', () => {
  test.each([...casesByTopic.keys()])('the %s cases', (topic) => {
    expect((casesByTopic.get(topic) ?? []).flatMap(differences)).toEqual([]);
  });

  test('all 5392 cases, 57,287 answers', () => {
    const lines = readGolden('expressions.jsonl.gz').trimEnd().split('\n');
    const cases = [...casesByTopic.values()].flat();
    const answers = cases.flatMap(({ wantget, wantdrop }) => [
      ...Object.keys(wantget),
      ...Object.keys(wantdrop ?? {}),
    ]);
    expect(cases.length).toBe(lines.length);
    expect(lines.length).toBe(5392);
    expect(answers.length).toBe(57_287);
  });
});
