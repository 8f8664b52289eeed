import { describe, expect, test } from 'vitest';
import type { SimulationRequest } from '../../src/simulation/index.ts';
import { readGolden } from '../golden/read-golden.ts';
import { recordedHangs, recordedLogs } from './recorded.ts';
import { compatible, ParseProblem, run } from './runner.ts';

describe('with its oddities, as git-annex', () => {
  test.each(recordedLogs)('runs scenario $name: the same log and messages', (scenario) => {
    const { log, messages, end, simulation } = run(scenario.sim, compatible);

    expect(log).toBe(scenario.log);
    expect(messages).toEqual(scenario.messages);
    expect(end).toEqual({ kind: 'done' });
    expect(simulation.hasFailed ? 1 : 0).toBe(scenario.exit);
  });

  test.each(recordedLogs)('replays log $name: the same log again', ({ log, replay }) => {
    const again = run(log, compatible);

    expect(again.log).toBe(log);
    expect(again.messages).toEqual(replay.messages);
    expect(again.simulation.hasFailed ? 1 : 0).toBe(replay.exit);
  });

  test.each(recordedHangs)('ends $name, on which git-annex hangs', ({ sim }) => {
    const { end, messages } = run(sim, compatible);

    expect(end).toEqual({ kind: 'done' });
    expect(messages.at(-1)).toMatch(/^Simulation (?:has stabilized|failed to stabilize) after/);
  });
});

interface RecordedError {
  readonly line: string;
  readonly exit: number;
  readonly messages: readonly string[];
  readonly stderr: readonly string[];
  readonly last: string | null;
}

const errors: { readonly prefix: string; readonly cases: readonly RecordedError[] } = JSON.parse(
  readGolden('sim-errors.json'),
);

describe('answers a bad command as git-annex does', () => {
  test.each(errors.cases)('$line', ({ line, ...expected }) => {
    expect(outcomeOf(`${errors.prefix}${line}\n`)).toEqual(expected);
  });
});

function outcomeOf(text: string): Omit<RecordedError, 'line'> {
  try {
    const { end, messages, simulation } = run(text, { ...compatible, answer: visitWith });
    if (end.kind === 'problem') return failed(end.problem.gitAnnexError, messages);
    if (end.kind === 'exit') return { exit: end.status, messages, stderr: [], last: null };
    const last = [...simulation.log()].at(-1) ?? null;
    if (!simulation.hasFailed) return { exit: 0, messages, stderr: [], last };
    return { ...failed('Simulation had errors.', messages), last };
  } catch (error) {
    if (error instanceof ParseProblem) return failed(error.problem.gitAnnexError, []);
    throw error;
  }
}

function failed(error: string, messages: readonly string[]): Omit<RecordedError, 'line'> {
  return { exit: 1, messages, stderr: [`git-annex: ${error}`], last: null };
}

/** What `sh -c` would have done. */
function visitWith(request: SimulationRequest): void {
  if (request.kind === 'visit') request.reply(request.words[0] === 'false' ? 1 : 0);
}

describe('without oddities', () => {
  const untouched = recordedLogs.filter(
    // Real git-annex refuses a drop in the one, as an untrusted repository's own copy does not count there,
    // and in the other drops its own copies of what a special remote has (test/interop/simulation.test.ts).
    ({ name, isSameCorrected }) => isSameCorrected && name !== '015' && name !== '103',
  );

  test.each(untouched)('runs scenario $name, which has none, to the same log', (scenario) => {
    expect(run(scenario.sim).log).toBe(scenario.log);
  });
});
