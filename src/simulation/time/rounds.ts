/** What a connection does while time passes: rounds like `git annex sync --content`, and rests between them. */
import type { Play } from '../run/play.ts';
import { compareBytes } from '../world/compare.ts';
import { deedOf } from './breaking.ts';
import { neverMs, partialOf } from './clockwork.ts';
import { sleeps, stages, type Connection } from './connection.ts';
import { shareWay } from './speeds.ts';
import { targetOf, type Transfer } from './transfer.ts';

/** How many files are looked at before the program around the simulation gets a turn. */
const looksAtOnce = 1 << 16;

export class Rounds {
  readonly #play: Play;

  constructor(play: Play) {
    this.#play = play;
  }

  /** Goes on with a connection whose time has come: a bounded amount of work. */
  goOn(connection: Connection): void {
    if (connection.transfer !== undefined) this.#finish(connection, connection.transfer);
    else if (connection.stage < 0) this.#begin(connection);
    else this.#look(connection);
  }

  /** A number that changes when a connection may find something to do that it did not find before. */
  changes(): number {
    const { views, network, contents, clockwork } = this.#play;
    return (
      views.writes + network.changes + network.reachChanges + contents.changes + clockwork.changes
    );
  }

  /** Wakes what sleeps if anything has changed since. */
  wake(): void {
    const { clock, clockwork } = this.#play;
    const changes = this.changes();
    for (const connection of clockwork.connections.values()) {
      if (!sleeps(connection) || connection.seen === changes) continue;
      connection.atMs = Math.max(clock.ms, connection.readyMs);
    }
  }

  #begin(connection: Connection): void {
    const { network, clock, clockwork } = this.#play;
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
    connection.readyMs = this.#play.clock.ms;
    connection.seen = this.changes();
    connection.atMs = Number.POSITIVE_INFINITY;
  }

  /** Between rounds: sleeps if nothing at all has changed since the round began. */
  #rest(connection: Connection): void {
    const { clock, clockwork } = this.#play;
    connection.stage = -1;
    connection.readyMs = clock.ms + clockwork.syncEveryMs;
    const isInVain = this.changes() === connection.seen;
    connection.atMs = isInVain ? Number.POSITIVE_INFINITY : connection.readyMs;
  }

  /** Views are those of repositories; of a cluster node its gateway keeps one, if it has any. */
  #merge({ actor, remote }: Connection, direction: 'pull' | 'push'): void {
    const { network, views, oddities } = this.#play;
    const other = network.names.get(remote) ?? network.gateways.get(remote);
    if (other === undefined || other === actor) return;
    if (!oddities.remoteviews && network.repository(other).isSpecialRemote) return;
    if (direction === 'pull') views.merge(other, actor);
    else views.merge(actor, other);
  }

  #look(connection: Connection): void {
    const { contents, actor, network, clock, clockwork } = this.#play;
    const route = network.route(connection.actor, connection.remote);
    const stage = stages[connection.stage];
    if (route === undefined) return this.#giveUp(connection);
    const deed = stage === undefined ? undefined : deedOf(connection, stage, this.#play);
    if (deed === undefined) return this.#end(connection);
    const order = contents.order();
    let place = this.#nextPlace(connection, order);
    const end = Math.min(order.length, place + looksAtOnce);
    for (; place < end; place += 1) {
      const file = order[place] ?? 0;
      if (!actor.isPossible(deed, contents.keyOf(file)) || !actor.isDue(deed, file)) continue;
      const isDrop = deed.kind === 'drop';
      if (!isDrop && !this.#transfer(connection, { kind: deed.kind, file, route })) continue;
      connection.lastFile = file;
      connection.place = { order, index: place };
      if (!isDrop) return undefined;
      actor.perform(deed, file);
      clockwork.lastDeedMs = clock.ms;
      connection.atMs = clock.ms + clockwork.speeds.latencyMs(route);
      return undefined;
    }
    connection.lastFile = order[place - 1] ?? -1;
    connection.place = { order, index: place - 1 };
    if (place < order.length) return undefined;
    connection.stage += 1;
    connection.lastFile = -1;
    return undefined;
  }

  /** The place of the first file after the last one, which need not be there any more. */
  #nextPlace({ lastFile, place }: Connection, order: Int32Array): number {
    if (lastFile < 0) return 0;
    if (place?.order === order) return place.index + 1;
    const { contents } = this.#play;
    const name = contents.fileName(lastFile);
    let [least, most] = [0, order.length];
    while (least < most) {
      const middle = (least + most) >>> 1;
      if (compareBytes(contents.fileName(order[middle] ?? 0), name) <= 0) least = middle + 1;
      else most = middle;
    }
    return least;
  }

  /** Begins a transfer; false when the content is on its way there already. */
  #transfer(
    connection: Connection,
    { kind, file, route: way }: Pick<Transfer, 'kind' | 'file' | 'route'>,
  ): boolean {
    const { contents, clock, clockwork, disks, actor, onHappening } = this.#play;
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
    const deed = deedOf(connection, kind, this.#play);
    if (onHappening === undefined || deed === undefined) return true;
    const event = actor.eventOf(deed, file);
    onHappening({ kind: 'begins', ms: clock.ms, event, bytesLeft: bytes });
    return true;
  }

  /** When all ways of a route are free: what is on them, or waits for one of them, comes first. */
  #freeMs(route: readonly number[]): number {
    const { clock, clockwork } = this.#play;
    let freeMs = clock.ms;
    for (const { transfer } of clockwork.connections.values()) {
      if (transfer === undefined || transfer.endMs <= freeMs) continue;
      if (shareWay(transfer.route, route)) freeMs = transfer.endMs;
    }
    return freeMs;
  }

  #finish(connection: Connection, transfer: Transfer): void {
    const { contents, views, clock, clockwork, disks, actor } = this.#play;
    const { file, key } = transfer;
    const target = targetOf(transfer);
    connection.transfer = undefined;
    disks.expect(target, -contents.bytes(key));
    clockwork.partials.delete(partialOf(target, key));
    const deed = deedOf(connection, transfer.kind, this.#play);
    // The room that was kept for it is free, also where its content was there before it.
    clockwork.changes += 1;
    if (deed === undefined || views.holds(target, target, key)) return;
    actor.perform(deed, file, key);
    clockwork.lastDeedMs = clock.ms;
  }
}
