/** The time, all that goes on in it, and under what conditions. */
import * as v from 'valibot';
import {
  anyText,
  between,
  bytes,
  fit,
  listOf,
  madeBy,
  objectOf,
  oneOf,
  orNull,
  tableOf,
  truth,
} from '../../shapes/index.ts';
import { parseCommand } from '../commands/parse.ts';
import { wordsOfCommand } from '../commands/print.ts';
import type { SimulationState } from '../state/state.ts';
import { Rounds } from '../time/rounds.ts';
import { clockMsMax, neverMs, type Arrivals } from '../transfers/clockwork.ts';
import { sleeps, stages, type Connection } from '../transfers/connection.ts';
import { targetOf } from '../transfers/transfer.ts';
import type { Numbers } from './numbers.ts';
import type { SavedPart } from './part.ts';

/** A number of bytes that may be beyond what whole numbers are exact for. */
const someBytes = v.pipe(v.number('a number of bytes'), v.minValue(0, 'a number of bytes'));

const ms = between(0, neverMs, 'a time in whole milliseconds');

const stream = objectOf(
  {
    /** The command that began it. */
    words: madeBy(listOf(anyText), arrivalsOf, 'an arrivals command'),
    // Each took a millisecond at least: one more is still another number.
    count: between(0, clockMsMax),
    atMs: ms,
  },
  'arrivals',
);

const speed = objectOf(
  {
    bytesPerSecond: v.pipe(v.number('a speed'), v.gtValue(0, 'a speed above zero')),
    latencyMs: ms,
  },
  'a speed',
);

/** What goes on, and by whom: numbers must be of repositories, files and keys that there are. */
function timeShape({ repository, file, key, files }: Numbers) {
  const transfer = v.pipe(
    objectOf(
      {
        kind: oneOf(['get', 'send']),
        file,
        key,
        route: v.pipe(listOf(repository), v.minLength(2, 'a way from one to another')),
        hadBytes: someBytes,
        bytes: someBytes,
        startMs: ms,
        endMs: ms,
      },
      'a transfer',
    ),
    v.check(
      ({ startMs, endMs }) => startMs <= endMs,
      'a transfer that ends when it began or later',
    ),
  );
  const connection = objectOf(
    {
      actor: repository,
      actorName: anyText,
      remote: anyText,
      /** Null while it sleeps. */
      atMs: orNull(ms),
      readyMs: ms,
      stage: between(-1, stages.length),
      lastFile: between(-1, files - 1, 'the number of a file, or -1,'),
      /** Whether nothing had changed since its round began. */
      isUpToDate: truth,
      transfer: orNull(transfer),
    },
    'a connection',
  );
  const outages = objectOf(
    { repository, name: anyText, upMs: ms, downMs: ms, atMs: ms },
    'outages of a repository',
  );
  return objectOf(
    {
      ms,
      syncEveryMs: ms,
      startedMs: ms,
      lastChangeMs: ms,
      gateways: tableOf(anyText, repository),
      down: listOf(repository),
      partitions: listOf(listOf(listOf(repository))),
      disks: listOf(objectOf({ repository, bytes }, 'a disk')),
      speeds: listOf(objectOf({ from: repository, to: repository, speed }, 'a speed of a way')),
      streams: listOf(stream),
      outages: listOf(outages),
      partials: tableOf(anyText, someBytes),
      connections: listOf(connection),
    },
    'a time',
  );
}

type SavedTime = v.InferOutput<ReturnType<typeof timeShape>>;

/** Of a saved state: the time, all that goes on in it, and under what conditions. */
export const timePart: SavedPart = {
  save: (state) => ({ time: savedTime(state) }),

  read: (whole, numbers) => {
    // There are states of before there was time.
    const { time } = fit(objectOf({ time: v.optional(timeShape(numbers)) }), whole);
    return (state) => {
      if (time !== undefined) restoreTime(time, state);
    };
  },
};

function arrivalsOf(words: readonly string[]): Arrivals | undefined {
  const parsed = parseCommand(words);
  if (parsed.kind !== 'command' || parsed.command.kind !== 'arrivals') return undefined;
  return parsed.command;
}

function savedTime(state: SimulationState): object {
  const { clock, clockwork, network, disks, contents } = state;
  const changes = new Rounds(state).changes();
  const numbers = Array.from({ length: contents.fileNumbers }, (_, file) => file);
  return {
    ms: clock.ms,
    syncEveryMs: clockwork.syncEveryMs,
    startedMs: clockwork.startedMs,
    lastChangeMs: clockwork.lastChangeMs,
    removed: numbers.filter((file) => contents.isRemoved(file)),
    gateways: Object.fromEntries(network.gateways),
    down: [...network.reach.down],
    partitions: network.reach.partitions.map((sides) => sides.map((side) => [...side])),
    disks: [...disks.sizes].map(([repository, size]) => ({ repository, bytes: String(size) })),
    speeds: [...clockwork.speeds.entries()],
    streams: [...clockwork.streams.values()].map(({ arrivals, count, atMs }) => ({
      words: wordsOfCommand({ kind: 'arrivals', ...arrivals }),
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

function savedConnection(connection: Connection, changes: number): object {
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

/** To be called last: a connection that is up to date is so with all that was put back before it. */
function restoreTime(saved: SavedTime, state: SimulationState): void {
  const { clock, clockwork, network, disks } = state;
  clock.ms = saved.ms;
  clockwork.syncEveryMs = saved.syncEveryMs;
  clockwork.startedMs = saved.startedMs;
  clockwork.lastChangeMs = saved.lastChangeMs;
  for (const [node, gateway] of saved.gateways) network.setGateway(node, gateway);
  for (const repository of saved.down) network.reach.setDown(repository, true);
  for (const sides of saved.partitions) network.reach.part(sides);
  for (const disk of saved.disks) disks.setSize(disk.repository, disk.bytes);
  for (const own of saved.speeds) clockwork.speeds.set(own.from, own.to, own.speed);
  for (const { words: arrivals, count, atMs } of saved.streams) {
    clockwork.streams.set(arrivals.suffix, { arrivals, count, atMs });
  }
  for (const outages of saved.outages) clockwork.outages.set(outages.repository, outages);
  for (const [place, own] of saved.partials) clockwork.partials.set(place, own);
  const changes = new Rounds(state).changes();
  for (const connection of saved.connections) restoreConnection(connection, changes, state);
}

function restoreConnection(
  { isUpToDate, atMs, ...saved }: SavedTime['connections'][number],
  changes: number,
  { clockwork, disks, contents }: SimulationState,
): void {
  const { actorName, remote, transfer } = saved;
  clockwork.connections.set(`${actorName} ${remote}`, {
    ...saved,
    atMs: atMs ?? Number.POSITIVE_INFINITY,
    seen: isUpToDate ? changes : -1,
    search: undefined,
    memories: [],
  });
  if (transfer !== undefined) disks.expect(targetOf(transfer), contents.bytes(transfer.key));
}
