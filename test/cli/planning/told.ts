import { OpenAnnex } from '../../../src/annex/index.ts';
import { tellPlan, type PlanQuestion } from '../../../src/cli/planning/tell-plan.ts';
import { importedAnnex, type ImportedAnnex } from '../../support/imported-annex.ts';

/** What was told of a plan. */
export interface Told {
  readonly lines: readonly string[];
  readonly notes: readonly string[];
}

/** What is told of the plan of an annex that is made for it. */
export async function toldOf(annex: ImportedAnnex, question: PlanQuestion = {}): Promise<Told> {
  return await told(importedAnnex(annex).directory, question);
}

/** Likewise of one that is there. */
export async function told(directory: string, question: PlanQuestion = {}): Promise<Told> {
  const [lines, notes]: [string[], string[]] = [[], []];
  const open = await OpenAnnex.openInitialized(directory);
  try {
    await tellPlan(open, await open.configuration(), {
      question,
      listener: {
        line: (text) => Promise.resolve(void lines.push(text)),
        note: (text) => void notes.push(text),
        reached: () => undefined,
      },
    });
  } finally {
    await open.close();
  }
  return { lines, notes };
}

/** The lines of JSON. */
export function objectsIn({ lines }: Told): readonly unknown[] {
  return lines.map((line): unknown => JSON.parse(line));
}

/** The moves alone, sorted, in words such as `get song.mp3 to node1 from laptop`. */
export function moves({ lines }: Pick<Told, 'lines'>): readonly string[] {
  return lines.filter((line) => /^(?:get|drop) /.test(line)).toSorted();
}
