import type { Play } from '../play/play.ts';
import { wordsOf } from '../commands/print.ts';
import { sleeps, type Connection } from '../transfers/connection.ts';
import { Rounds } from '../time/rounds.ts';

/** The time, all that goes on in it, and under what conditions: see {@link SavedTime}. */
export function savedTime(play: Play): object {
  const { clock, clockwork, network, disks, contents } = play;
  const changes = new Rounds(play).changes();
  const numbers = Array.from({ length: contents.fileNumbers }, (_, file) => file);
  return {
    ms: clock.ms,
    syncEveryMs: clockwork.syncEveryMs,
    startedMs: clockwork.startedMs,
    lastDeedMs: clockwork.lastDeedMs,
    removed: numbers.filter((file) => contents.isRemoved(file)),
    gateways: Object.fromEntries(network.gateways),
    down: [...network.reach.down],
    partitions: network.reach.partitions.map((sides) => sides.map((side) => [...side])),
    disks: [...disks.sizes].map(([repository, size]) => ({ repository, bytes: String(size) })),
    speeds: [...clockwork.speeds.entries()],
    streams: [...clockwork.streams.values()].map(({ arrivals, count, atMs }) => ({
      words: wordsOf({ kind: 'arrivals', ...arrivals }),
      count,
      atMs,
    })),
    outages: [...clockwork.outages.values()],
    partials: Object.fromEntries(clockwork.partials),
    connections: [...clockwork.connections.values()].map((connection) =>
      savedConnection(connection, changes),
    ),
  };
}

function savedConnection(connection: Connection, changes: number) {
  const { actor, actorName, remote, atMs, readyMs, stage, lastFile, seen, transfer } = connection;
  return {
    actor,
    actorName,
    remote,
    atMs: sleeps(connection) ? null : atMs,
    readyMs,
    stage,
    lastFile,
    isUpToDate: seen === changes,
    transfer: transfer ?? null,
  };
}
