import { copiesLacking } from '../../placement/index.ts';
import { CopiesSeen } from '../judgement/copies-seen.ts';
import type { Evaluator } from '../judgement/evaluator.ts';
import type { Oddities } from '../oddities.ts';
import type { Contents } from '../world/contents.ts';
import type { DiskRoom } from '../world/disks.ts';
import type { Network } from '../world/network.ts';
import type { Views } from '../world/views.ts';
import type { Operation, SimulationEvent } from './operations.ts';
import type { History } from './history.ts';

/** The parts of a simulation that an operation needs. */
export interface SimulationParts {
  readonly contents: Contents;
  readonly views: Views;
  readonly network: Network;
  readonly evaluator: Evaluator;
  readonly history: History;
  readonly oddities: Oddities;
  /** Counts commands, and without the oddity of ties every change too. */
  readonly clock: StepClock;
  readonly disks: DiskRoom;
  /** Told of every transfer and drop, before it shows in a view. */
  readonly onEvent: ((event: SimulationEvent) => void) | undefined;
}

/** Both clocks of a simulation: `now` counts what happens, and stamps views; `ms` is simulated time. */
export interface StepClock {
  now: number;
  /** Simulated time, milliseconds. */
  ms: number;
}

/** Runs attempts: an operation for one file, if it can be done and is wanted (spec/sim.md sections 6 and 7). */
export class Runner {
  readonly #parts: SimulationParts;
  readonly #copies: CopiesSeen;

  constructor(parts: SimulationParts) {
    this.#parts = parts;
    this.#copies = new CopiesSeen(parts);
  }

  /** Whether the views allow the attempt, without a question to any expression. */
  isPossible({ kind, actor, other }: Operation, key: number): boolean {
    const { views } = this.#parts;
    if (views.count <= 32) return isPossibleByBits(kind, actor, other, key, views);
    switch (kind) {
      case 'get':
        return (
          views.holds(actor, other, key) &&
          !views.holds(actor, actor, key) &&
          views.holds(other, other, key)
        );
      case 'send':
        return (
          views.holds(actor, actor, key) &&
          !views.holds(actor, other, key) &&
          !views.holds(other, other, key)
        );
      case 'drop':
        return views.holds(actor, other, key);
    }
  }

  /** Runs an attempt; whether it changed something. */
  run(operation: Operation, file: number): boolean {
    if (!this.isDue(operation, file)) return false;
    this.perform(operation, file);
    return true;
  }

  /** Whether an attempt can be done and is wanted. */
  isDue(operation: Operation, file: number): boolean {
    return this.judge(operation, file) === 'due';
  }

  /**
   * Whether an attempt can be done and is wanted, or only lacks room or copies: that can change although the
   * view of who acts, and what the other holds, stays as it is.
   */
  judge(operation: Operation, file: number): 'due' | 'blocked' | 'no' {
    const { evaluator, contents } = this.#parts;
    evaluator.beginAttempt();
    const key = contents.keyOf(file);
    if (!this.isPossible(operation, key)) return 'no';
    if (!this.#hasRoom(operation, key)) return 'blocked';
    const { kind, actor, other } = operation;
    if (kind !== 'drop') {
      return evaluator.wants(actor, kind === 'get' ? actor : other, file, false) ? 'due' : 'no';
    }
    if (evaluator.wants(actor, other, file, true)) return 'no';
    return this.#leavesEnough(operation, key) ? 'due' : 'blocked';
  }

  /** Whether {@link run} would do something; `undefined` when finding out would leave a trace. */
  peek(operation: Operation, file: number): boolean | undefined {
    const key = this.#parts.contents.keyOf(file);
    if (!this.isPossible(operation, key) || !this.#hasRoom(operation, key)) return false;
    const { kind, actor, other } = operation;
    const who = kind === 'get' ? actor : other;
    const wants = this.#parts.evaluator.peek(actor, who, file, kind === 'drop');
    if (wants === undefined) return undefined;
    return kind === 'drop' ? !wants && this.#leavesEnough(operation, key) : wants;
  }

  #hasRoom({ kind, actor, other }: Operation, key: number): boolean {
    const { disks, contents } = this.#parts;
    if (kind === 'drop' || disks.sizes.size === 0) return true;
    return disks.hasRoom(kind === 'get' ? actor : other, contents.bytes(key));
  }

  /** Whether a drop leaves enough copies, by placement's rule on the view of who acts. */
  #leavesEnough({ actor, other }: Operation, key: number): boolean {
    const { network, oddities } = this.#parts;
    const lacking = copiesLacking(other, this.#copies.of(actor, key), {
      numcopies: network.numcopies,
      mincopies: network.mincopies,
      isLocal: actor === other && !oddities.locallock,
      countsUntrusted: oddities.untrusted,
      asksTrusted: oddities.asktrusted,
    });
    return lacking.length === 0;
  }

  /** Does an attempt that is due; the file may have had another key when it was. */
  perform(
    operation: Operation,
    file: number,
    key: number = this.#parts.contents.keyOf(file),
  ): void {
    const { contents, history, clock, oddities, onEvent } = this.#parts;
    const { kind, actor, other, actorName, otherName } = operation;
    const isPresent = kind !== 'drop';
    const changed = kind === 'get' ? actorName : otherName;
    if (onEvent !== undefined) onEvent(this.eventOf(operation, file, key));
    // A line of the log speaks of a file as it is.
    const isLogged = contents.keyOf(file) === key && !contents.isRemoved(file);
    if (isLogged) history.addChange(changed, file, isPresent);
    if (!oddities.clocktie) clock.now += 1;
    if (kind === 'get') this.setVia(actorName, actor, actor, key, true);
    else if (kind === 'send') {
      this.setVia(otherName, actor, other, key, true);
      this.setVia(otherName, other, other, key, true);
    } else {
      this.setVia(otherName, other, other, key, false);
      if (other !== actor) this.setVia(otherName, actor, other, key, false);
    }
  }

  /** What an attempt will have been once it is done. */
  eventOf(
    operation: Operation,
    file: number,
    key: number = this.#parts.contents.keyOf(file),
  ): SimulationEvent {
    const { contents, views, clock } = this.#parts;
    const { kind, actor, other, actorName, otherName } = operation;
    return {
      kind,
      repository: actorName,
      remote: actor === other ? undefined : otherName,
      changed: kind === 'get' ? actorName : otherName,
      file: contents.fileName(file),
      key,
      bytes: kind === 'drop' && !views.holds(other, other, key) ? 0n : contents.bytes(key),
      ms: clock.ms,
      why: { here: actor, who: kind === 'get' ? actor : other, file, isGone: kind === 'drop' },
    };
  }

  /**
   * Changes a view under the name by which the changed repository was reached: what is done through a
   * cluster node is at once in the views of all that are connected to the node (spec/sim.md
   * sections 3 and 10).
   */
  setVia(name: string, view: number, repository: number, key: number, isPresent: boolean): void {
    const { views, network, clock } = this.#parts;
    views.set(view, repository, key, isPresent, clock.now);
    if (!network.nodes.has(name)) return;
    for (const knowing of network.knowingOf(name)) {
      if (knowing !== view) views.set(knowing, repository, key, isPresent, clock.now);
    }
  }
}

/** Whether an operation is possible where one number has all holders of a key, which is where most of the time goes. */
function isPossibleByBits(
  kind: Operation['kind'],
  actor: number,
  other: number,
  key: number,
  views: Views,
): boolean {
  const holders = views.holders(actor, key, 0);
  const actorHolds = ((holders >>> actor) & 1) === 1;
  const otherHolds = ((holders >>> other) & 1) === 1;
  switch (kind) {
    case 'get':
      return otherHolds && !actorHolds && views.holds(other, other, key);
    case 'send':
      return actorHolds && !otherHolds && !views.holds(other, other, key);
    case 'drop':
      return otherHolds;
  }
}
