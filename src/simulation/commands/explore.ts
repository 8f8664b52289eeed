/** All interleavings of what repositories may do, for worlds that are small enough. */
import type { Undo } from '../world/views.ts';
import { Runner } from '../acts/runner.ts';
import type { Operation } from '../acts/operations.ts';
import type { SimulationState } from '../state/state.ts';

/** Something that happens at once. */
export interface SimulationMove {
  readonly kind: Operation['kind'] | 'gitpull' | 'gitpush';
  /** The name of the repository that acts. */
  readonly repository: string;
  readonly remote: string | undefined;
  /** `undefined` where views are merged. */
  readonly file: string | undefined;
}

/** A state that an exploration came to, and how. */
export interface ReachedState {
  /** How it was reached first, which need not be the shortest way. */
  readonly path: readonly SimulationMove[];
  /** Nothing can happen any more: no transfer, no drop, and no view would learn anything. */
  readonly isSettled: boolean;
}

/** How far an exploration goes. */
export interface ExplorationLimits {
  /** How many moves after another; without limit when left out. */
  readonly movesMax?: number;
  /** How many states; 100,000 when left out. */
  readonly statesMax?: number;
}

/** What an exploration came to. */
export interface Explored {
  readonly states: number;
  /** Whether there are no further states. */
  readonly isComplete: boolean;
}

const statesMaxUsual = 100_000;

interface Step extends SimulationMove {
  /** Does it; the state is another afterwards. */
  readonly run: () => void;
}

/** Depth first, each state once. States are the same when views are, however late it is. */
export function* explore(
  state: SimulationState,
  { movesMax = Number.POSITIVE_INFINITY, statesMax = statesMaxUsual }: ExplorationLimits,
): Generator<ReachedState, Explored> {
  const trial = new Trial(state);
  const known = new Set<string>([trial.fingerprint()]);
  const path: { readonly steps: Step[]; readonly undo: () => void; readonly move: Step }[] = [];
  let isComplete = true;
  let steps = trial.steps();
  yield { path: [], isSettled: steps.length === 0 };
  for (;;) {
    const step = steps.pop();
    if (step === undefined) {
      const back = path.pop();
      if (back === undefined) return { states: known.size, isComplete };
      back.undo();
      ({ steps } = back);
      continue;
    }
    const undo = trial.run(step);
    const reached = trial.fingerprint();
    const isBeyond = path.length >= movesMax || known.size >= statesMax;
    if (known.has(reached) || isBeyond) {
      isComplete &&= known.has(reached);
      undo();
      continue;
    }
    known.add(reached);
    path.push({ steps, undo, move: step });
    steps = trial.steps();
    yield { path: path.map(({ move }) => move), isSettled: steps.length === 0 };
  }
}

/** A simulation whose moves leave nothing in the log, and can be taken back. */
class Trial {
  readonly #state: SimulationState;
  readonly #runner: Runner;

  constructor(state: SimulationState) {
    this.#state = state;
    this.#runner = new Runner({ ...state, onEvent: undefined });
  }

  /** Everything that would change something, in the order of names and files. */
  steps(): Step[] {
    const { network } = this.#state;
    const { reach } = network;
    const steps: Step[] = [];
    for (const repository of network.sortedNames()) {
      const actor = network.names.get(repository);
      if (actor === undefined || network.repository(actor).isSpecialRemote) continue;
      if (!reach.reaches(actor, actor)) continue;
      const own = { actor, actorName: repository, other: actor, otherName: repository };
      steps.push(...this.#operations({ kind: 'drop', ...own }));
      for (const remote of network.repository(actor).remotes) {
        const other = network.find(remote);
        if (other === undefined || network.route(actor, remote) === undefined) continue;
        const both = { actor, actorName: repository, other, otherName: remote };
        for (const kind of ['get', 'send', 'drop'] as const) {
          steps.push(...this.#operations({ kind, ...both }));
        }
        steps.push(...this.#merges(repository, remote));
      }
    }
    return steps;
  }

  *#operations(operation: Operation): Generator<Step> {
    const { contents } = this.#state;
    const runner = this.#runner;
    for (const file of contents.order()) {
      if (runner.peek(operation, file) === false) continue;
      yield {
        kind: operation.kind,
        repository: operation.actorName,
        remote: operation.actor === operation.other ? undefined : operation.otherName,
        file: contents.fileName(file),
        run: () => void runner.run(operation, file),
      };
    }
  }

  *#merges(repository: string, remote: string): Generator<Step> {
    const { network, views, oddities } = this.#state;
    const own = network.names.get(repository);
    const other = network.keeperOf(remote);
    if (own === undefined || other === undefined || own === other) return;
    if (!oddities.remoteviews && network.repository(other).isSpecialRemote) return;
    for (const kind of ['gitpull', 'gitpush'] as const) {
      const [from, into] = kind === 'gitpull' ? [other, own] : [own, other];
      if (!views.wouldMerge(from, into)) continue;
      yield { kind, repository, remote, file: undefined, run: () => views.merge(from, into) };
    }
  }

  /** Does a move; gives what takes it back. */
  run({ run }: Step): () => void {
    const { views, history, clock } = this.#state;
    const undo: Undo[] = [];
    const { length } = history;
    const { now } = clock;
    views.undo = undo;
    run();
    views.undo = undefined;
    history.truncate(length);
    return () => {
      views.takeBack(undo);
      clock.now = now;
    };
  }

  /** All views as a text: who is believed to have what, and of two beliefs which is the later one. */
  fingerprint(): string {
    const { views, contents } = this.#state;
    const parts: string[] = [];
    for (let key = 0; key < contents.keyCount; key += 1) {
      for (let repository = 0; repository < views.count; repository += 1) {
        const cells: number[] = [];
        for (let view = 0; view < views.count; view += 1) {
          cells.push(views.cell(view, repository, key));
        }
        const clocks = [...new Set(cells.map((cell) => cell >> 1))].sort((a, b) => a - b);
        parts.push(cells.map((cell) => clocks.indexOf(cell >> 1) * 2 + (cell & 1)).join(' '));
      }
    }
    return parts.join('\n');
  }
}
