/** `wait` and `waitstable`: everything that happens while time passes, in the order of time. */
import type { SimulationState } from '../state/state.ts';
import { pause, type Pause } from '../acts/requests.ts';
import { compareCodePoints } from '../world/compare.ts';
import { arrive } from './arriving.ts';
import { breakOffUnreached } from './breaking.ts';
import type { ArrivalStream, Outages } from '../transfers/clockwork.ts';
import { newConnection, sleeps, type Connection } from '../transfers/connection.ts';
import { untilNextMs } from './draws.ts';
import { Rounds } from './rounds.ts';

/** How a wait ended. */
export interface Waited {
  readonly isSettled: boolean;
  /** From its beginning until something was moved, dropped or added last. */
  readonly busyMs: number;
}

const turnsBetweenPauses = 64;

/** Lets time pass, of several things at one time the first in this order: failures, arrivals, connections. */
export class Waiting {
  readonly #state: SimulationState;
  readonly #rounds: Rounds;

  constructor(state: SimulationState) {
    this.#state = state;
    this.#rounds = new Rounds(state);
  }

  /** @param options whether it ends as soon as nothing is left to do. */
  *run(
    durationMs: number,
    { untilSettled }: { readonly untilSettled: boolean },
  ): Generator<Pause, Waited> {
    const { clock, clockwork } = this.#state;
    const endMs = clock.ms + durationMs;
    clockwork.startedMs = clock.ms;
    connectAll(this.#state);
    this.#rounds.wake();
    for (let turn = 1; ; turn += 1) {
      if (untilSettled && this.#isSettled()) return { isSettled: true, busyMs: this.#busyMs() };
      if (!this.#goOn(endMs)) break;
      if (turn % turnsBetweenPauses === 0) yield pause;
    }
    clock.ms = endMs;
    return { isSettled: this.#isSettled(), busyMs: this.#busyMs() };
  }

  /** Does what is still to be done at this time, so that the next moment can be gone on with from here. */
  endMoment(): void {
    while (this.#goOn(this.#state.clock.ms));
  }

  /** Does what comes next; false when nothing comes until a time. */
  #goOn(untilMs: number): boolean {
    const { clock } = this.#state;
    const next = this.#next();
    if (next === undefined || next.atMs > untilMs) return false;
    clock.ms = Math.max(clock.ms, next.atMs);
    const before = this.#rounds.changes();
    next.run();
    if (this.#rounds.changes() !== before) this.#rounds.wake();
    return true;
  }

  #next(): { readonly atMs: number; readonly run: () => void } | undefined {
    const { clockwork } = this.#state;
    const failing = earliest(clockwork.outages.values());
    const coming = earliest(clockwork.streams.values());
    const working = earliest(clockwork.connections.values());
    const failMs = failing?.atMs ?? Number.POSITIVE_INFINITY;
    const comeMs = coming?.atMs ?? Number.POSITIVE_INFINITY;
    const workMs = working?.atMs ?? Number.POSITIVE_INFINITY;
    if (failing !== undefined && failMs <= comeMs && failMs <= workMs) {
      return { atMs: failMs, run: () => this.#fail(failing) };
    }
    if (coming !== undefined && comeMs <= workMs) {
      return { atMs: comeMs, run: () => arrive(coming, this.#state) };
    }
    if (working === undefined || workMs === Number.POSITIVE_INFINITY) return undefined;
    return { atMs: workMs, run: () => this.#rounds.goOn(working) };
  }

  #fail(outages: Outages): void {
    const { network, clock, randomness, onHappening } = this.#state;
    const { repository, name, upMs, downMs } = outages;
    const isDown = !network.reach.down.has(repository);
    network.reach.setDown(repository, isDown);
    outages.atMs += untilNextMs(isDown ? downMs : upMs, randomness);
    breakOffUnreached(this.#state);
    onHappening?.({ kind: isDown ? 'fails' : 'returns', ms: clock.ms, repository: name });
  }

  /** Whether nothing is on its way, nothing and nobody more comes, and nobody finds anything to do. */
  #isSettled(): boolean {
    const { clockwork, network } = this.#state;
    const { streams, outages, connections } = clockwork;
    if (streams.size > 0) return false;
    for (const repository of outages.keys()) if (network.reach.down.has(repository)) return false;
    for (const connection of connections.values()) if (!sleeps(connection)) return false;
    return true;
  }

  #busyMs(): number {
    const { startedMs, lastChangeMs } = this.#state.clockwork;
    return Math.max(0, lastChangeMs - startedMs);
  }
}

function earliest<T extends ArrivalStream | Outages | Connection>(
  those: Iterable<T>,
): T | undefined {
  let first: T | undefined;
  for (const each of those) {
    if (first === undefined || each.atMs < first.atMs) first = each;
  }
  return first;
}

/** Connections as they are now, in the order of names; those that there were go on, with what is still reached. */
function connectAll(state: SimulationState): void {
  const { network, clock, clockwork } = state;
  const before = new Map(clockwork.connections);
  breakOffUnreached(state);
  clockwork.connections.clear();
  for (const name of network.sortedNames()) {
    const actor = network.names.get(name);
    if (actor === undefined) continue;
    for (const remote of [...network.repository(actor).remotes].sort(compareCodePoints)) {
      if (network.find(remote) === undefined) continue;
      const place = `${name} ${remote}`;
      const known = before.get(place);
      clockwork.connections.set(place, known ?? newConnection(actor, name, remote, clock.ms));
    }
  }
}
