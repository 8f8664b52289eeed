import type { Attempts } from './attempts.ts';

/** What a scheduler may do with an attempt. */
export interface AttemptRunner {
  /** Runs an attempt; whether it changed something. */
  run(attempt: number): boolean;
  /** Whether running it would change something; `undefined` when finding out would leave a trace. */
  peek(attempt: number): boolean | undefined;
}

/**
 * Chooses which attempt of a step is run next. Chance is no part of it: the state that it keeps is saved
 * with the simulation.
 */
export interface Chooser {
  /** Runs one attempt that changes something, and none else; `false` when there is none. */
  runOne(attempts: Attempts, runner: AttemptRunner): boolean;
  /** Where it is, for being saved. */
  position: number;
  /** How often it did what. */
  readonly moves: Map<string, number>;
}

/** The ways in which a step chooses. */
export const schedulerNames = ['git-annex', 'fair', 'adversarial'] as const;

/**
 * `git-annex`: a random attempt, drawn from the seed, exactly as git-annex does it. `fair`: in turn, so that
 * no attempt waits for ever. `adversarial`: what may keep the network from settling, drops first.
 */
export type SchedulerName = (typeof schedulerNames)[number];

/** Every attempt in turn. */
export class FairChooser implements Chooser {
  position = 0;
  readonly moves: Map<string, number> = new Map();

  runOne(attempts: Attempts, runner: AttemptRunner): boolean {
    const { count } = attempts;
    for (let tried = 0; tried < count; tried += 1) {
      const attempt = (this.position + tried) % count;
      if (!runner.run(attempt)) continue;
      this.position = (attempt + 1) % count;
      return true;
    }
    return false;
  }
}

/** How many attempts that can be run are weighed against each other. */
const weighedMax = 64;

/**
 * Against settling: of some attempts that can be run it takes a drop before a transfer, and of these what
 * was moved most often, which keeps contents going to and fro.
 */
export class AdversarialChooser implements Chooser {
  position = 0;
  /** By file and repository: how often the one came to the other, or went. */
  readonly moves: Map<string, number> = new Map();

  runOne(attempts: Attempts, runner: AttemptRunner): boolean {
    const { count } = attempts;
    let best: { attempt: number; weight: number; name: string } | undefined;
    let weighed = 0;
    for (let tried = 0; tried < count && weighed < weighedMax; tried += 1) {
      const attempt = (this.position + tried) % count;
      if (runner.peek(attempt) === false) continue;
      weighed += 1;
      const { kind, actor, other } = attempts.operation(attempt);
      const changed = kind === 'get' ? actor : other;
      const name = `${attempts.file(attempt)} ${changed}`;
      const weight = (this.moves.get(name) ?? 0) + (kind === 'drop' ? 0.5 : 0);
      if (best === undefined || weight > best.weight) best = { attempt, weight, name };
    }
    if (best === undefined) return false;
    this.position = (best.attempt + 1) % count;
    // What could only be weighed by running it may turn out to do nothing.
    if (!runner.run(best.attempt)) return new FairChooser().runOne(attempts, runner);
    this.moves.set(best.name, (this.moves.get(best.name) ?? 0) + 1);
    return true;
  }
}
