import { readGolden } from '../golden/read-golden.ts';

/** A scenario that git-annex ran: its input, the log, and what was printed. */
export interface RecordedScenario {
  readonly name: string;
  readonly sim: string;
  readonly log: string;
  readonly exit: number;
  readonly messages: readonly string[];
  readonly stderr: readonly string[];
  /** What happened when git-annex was fed the log. */
  readonly replay: { readonly exit: number; readonly messages: readonly string[] };
  /** The oddities without which the log is another. */
  readonly oddities: readonly string[];
  readonly isSameCorrected: boolean;
  readonly usesChance: boolean;
}

const recorded: Record<string, Omit<RecordedScenario, 'name'>> = JSON.parse(
  readGolden('sims.json.gz'),
);

/** All scenarios with a log. */
export const recordedLogs: readonly RecordedScenario[] = Object.entries(recorded)
  .filter(([name]) => !name.startsWith('hang'))
  .map(([name, scenario]) => Object.assign({ name }, scenario));

/** Those on which the real program hangs. */
export const recordedHangs: readonly { readonly name: string; readonly sim: string }[] =
  Object.entries(recorded)
    .filter(([name]) => name.startsWith('hang'))
    .map(([name, { sim }]) => ({ name, sim }));
