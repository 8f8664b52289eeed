/** What a connection does while time passes: rounds like `git annex sync --content`, and rests between them. */
import type { Operation } from '../acts/operations.ts';
import type { SimulationState } from '../state/state.ts';
import { operationOf } from './breaking.ts';
import { neverMs, partialOf } from '../transfers/clockwork.ts';
import { sleeps, stages, type Connection } from '../transfers/connection.ts';
import { Search } from '../transfers/search.ts';
import { shareWay } from '../transfers/speeds.ts';
import { targetOf, type Transfer } from '../transfers/transfer.ts';

/** How many files are looked at before the program around the simulation gets a turn. */
const looksAtOnce = 1 << 16;

export class Rounds {
  readonly #state: SimulationState;

  constructor(state: SimulationState) {
    this.#state = state;
  }

  /** Goes on with a connection whose time has come: a bounded amount of work. */
  goOn(connection: Connection): void {
    if (connection.transfer !== undefined) this.#finish(connection, connection.transfer);
    else if (connection.stage < 0) this.#begin(connection);
    else this.#look(connection);
  }

  /** A number that changes when a connection may find something to do that it did not find before. */
  changes(): number {
    const { views, network, contents, disks } = this.#state;
    return views.writes + network.reachChanges + contents.changes + disks.changes;
  }

  /** Wakes what sleeps if anything has changed since. */
  wake(): void {
    const { clock, clockwork } = this.#state;
    const changes = this.changes();
    for (const connection of clockwork.connections.values()) {
      if (!sleeps(connection) || connection.seen === changes) continue;
      connection.atMs = Math.max(clock.ms, connection.readyMs);
    }
  }

  #begin(connection: Connection): void {
    const { network, clock, clockwork } = this.#state;
    const route = network.route(connection.actor, connection.remote);
    connection.seen = this.changes();
    if (route === undefined) return this.#giveUp(connection);
    this.#merge(connection, 'pull');
    connection.stage = 0;
    connection.lastFile = -1;
    connection.atMs = clock.ms + clockwork.speeds.latencyMs(route);
    return undefined;
  }

  #end(connection: Connection): void {
    this.#merge(connection, 'push');
    this.#rest(connection);
  }

  /** Sleeps until who reaches whom has changed, or anything else. */
  #giveUp(connection: Connection): void {
    connection.stage = -1;
    connection.search = undefined;
    connection.readyMs = this.#state.clock.ms;
    connection.seen = this.changes();
    connection.atMs = Number.POSITIVE_INFINITY;
  }

  /** Between rounds: sleeps if nothing at all has changed since the round began. */
  #rest(connection: Connection): void {
    const { clock, clockwork } = this.#state;
    connection.stage = -1;
    connection.readyMs = clock.ms + clockwork.syncEveryMs;
    const isInVain = this.changes() === connection.seen;
    connection.atMs = isInVain ? Number.POSITIVE_INFINITY : connection.readyMs;
  }

  #merge({ actor, remote }: Connection, direction: 'pull' | 'push'): void {
    const { network, views, oddities } = this.#state;
    const other = network.keeperOf(remote);
    if (other === undefined || other === actor) return;
    if (!oddities.remoteviews && network.repository(other).isSpecialRemote) return;
    if (direction === 'pull') views.merge(other, actor);
    else views.merge(actor, other);
  }

  #look(connection: Connection): void {
    const { contents, runner, network, clock, clockwork } = this.#state;
    const route = network.route(connection.actor, connection.remote);
    const stage = stages[connection.stage];
    if (route === undefined) return this.#giveUp(connection);
    const operation = stage === undefined ? undefined : operationOf(connection, stage, this.#state);
    if (operation === undefined) return this.#end(connection);
    const search = this.#searchOf(connection, operation);
    for (let looks = 0; looks < looksAtOnce; looks += 1) {
      const file = search.next();
      if (file < 0) return this.#endStage(connection, search);
      connection.lastFile = file;
      const key = contents.keyOf(file);
      if (!runner.isPossible(operation, key)) continue;
      const judged = runner.judge(operation, file);
      if (judged === 'no') continue;
      if (judged === 'due' && operation.kind === 'drop') {
        runner.perform(operation, file);
        clockwork.lastChangeMs = clock.ms;
        connection.atMs = clock.ms + clockwork.speeds.latencyMs(route);
        return undefined;
      }
      // What is on its way may break off.
      search.carry(key);
      if (judged === 'due' && operation.kind !== 'drop') {
        if (this.#transfer(connection, { kind: operation.kind, file, route })) return undefined;
      }
    }
    return undefined;
  }

  /** What is under way of a stage, or another. */
  #searchOf(connection: Connection, operation: Operation): Search {
    const { search, stage, memories, lastFile } = connection;
    const isBeginning = lastFile < 0;
    const own = search ?? new Search(this.#state, operation, memories[stage], isBeginning);
    own.goOn(lastFile);
    connection.search = own;
    return own;
  }

  #endStage(connection: Connection, { memory }: Search): void {
    connection.memories[connection.stage] = memory;
    connection.search = undefined;
    connection.stage += 1;
    connection.lastFile = -1;
  }

  /** Begins a transfer; false when the content is on its way there already. */
  #transfer(
    connection: Connection,
    { kind, file, route: way }: Pick<Transfer, 'kind' | 'file' | 'route'>,
  ): boolean {
    const { contents, clock, clockwork, disks, runner, onHappening } = this.#state;
    const route = kind === 'get' ? way.toReversed() : way;
    const key = contents.keyOf(file);
    const target = route.at(-1) ?? -1;
    for (const { transfer } of clockwork.connections.values()) {
      if (transfer?.key === key && targetOf(transfer) === target) return false;
    }
    const hadBytes = clockwork.partials.get(partialOf(target, key)) ?? 0;
    const bytes = Math.max(0, Math.min(Number.MAX_VALUE, Number(contents.bytes(key))) - hadBytes);
    const freeMs = this.#freeMs(route);
    const startMs = Math.min(neverMs, freeMs + clockwork.speeds.latencyMs(route));
    const endMs = Math.min(neverMs, freeMs + clockwork.speeds.durationMs(route, bytes));
    disks.expect(target, contents.bytes(key));
    connection.transfer = { kind, file, key, route, hadBytes, bytes, startMs, endMs };
    connection.atMs = endMs;
    const operation = operationOf(connection, kind, this.#state);
    if (onHappening === undefined || operation === undefined) return true;
    const event = runner.eventOf(operation, file);
    onHappening({ kind: 'begins', ms: clock.ms, event, bytesLeft: bytes });
    return true;
  }

  /** When all ways of a route are free: what is on them, or waits for one of them, comes first. */
  #freeMs(route: readonly number[]): number {
    const { clock, clockwork } = this.#state;
    let freeMs = clock.ms;
    for (const { transfer } of clockwork.connections.values()) {
      if (transfer === undefined || transfer.endMs <= freeMs) continue;
      if (shareWay(transfer.route, route)) freeMs = transfer.endMs;
    }
    return freeMs;
  }

  #finish(connection: Connection, transfer: Transfer): void {
    const { contents, views, clock, clockwork, disks, runner } = this.#state;
    const { file, key } = transfer;
    const target = targetOf(transfer);
    connection.transfer = undefined;
    // The room that was kept for it is free, also where its content was there before it.
    disks.release(target, contents.bytes(key));
    clockwork.partials.delete(partialOf(target, key));
    const operation = operationOf(connection, transfer.kind, this.#state);
    if (operation === undefined || views.holds(target, target, key)) return;
    runner.perform(operation, file, key);
    clockwork.lastChangeMs = clock.ms;
  }
}
