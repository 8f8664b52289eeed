import { shapes } from '../../placement/index.ts';
import { clockMsMax, neverMs } from '../transfers/clockwork.ts';
import { stages } from '../transfers/connection.ts';
import type { Outages } from '../transfers/clockwork.ts';
import type { Speed } from '../transfers/speeds.ts';
import type { Transfer } from '../transfers/transfer.ts';

const { boolean, bytes, fields, listOf, misfit, oneOf, orNull, string, tableOf, wholeNumber } =
  shapes;

/** What is saved of the time, and of what goes on in it. */
export interface SavedTime {
  readonly ms: number;
  readonly syncEveryMs: number;
  readonly startedMs: number;
  readonly lastDeedMs: number;
  /** Numbers of files. */
  readonly removed: readonly number[];
  readonly gateways: ReadonlyMap<string, number>;
  readonly down: readonly number[];
  readonly partitions: readonly (readonly (readonly number[])[])[];
  readonly disks: readonly { readonly repository: number; readonly bytes: bigint }[];
  readonly speeds: readonly {
    readonly from: number;
    readonly to: number;
    readonly speed: Speed;
  }[];
  readonly streams: readonly {
    /** The command that began it. */
    readonly words: readonly string[];
    readonly count: number;
    readonly atMs: number;
  }[];
  readonly outages: readonly Outages[];
  readonly partials: ReadonlyMap<string, number>;
  readonly connections: readonly SavedConnection[];
}

export interface SavedConnection {
  readonly actor: number;
  readonly actorName: string;
  readonly remote: string;
  /** `undefined` while it sleeps. */
  readonly atMs: number | undefined;
  readonly readyMs: number;
  readonly stage: number;
  readonly lastFile: number;
  /** Whether nothing had changed since its round began. */
  readonly isUpToDate: boolean;
  readonly transfer: Transfer | undefined;
}

const time: shapes.Shape<number> = (value, where) => {
  const ms = wholeNumber(value, where);
  return ms >= 0 && ms <= neverMs ? ms : misfit(where, 'is no time');
};

const count: shapes.Shape<number> = (value, where) => {
  const number = wholeNumber(value, where);
  return number >= 0 ? number : misfit(where, 'is below zero');
};

/** Of files that came, of which each took a millisecond at least: one more is still another number. */
const arrived: shapes.Shape<number> = (value, where) => {
  const number = count(value, where);
  return number <= clockMsMax ? number : misfit(where, 'is more than time was for');
};

const speed: shapes.Shape<Speed> = (value, where) => {
  const own = fields(value, where);
  return {
    bytesPerSecond: own.get('bytesPerSecond', (each, place) =>
      typeof each === 'number' && each > 0 ? each : misfit(place, 'is no speed'),
    ),
    latencyMs: own.get('latencyMs', time),
  };
};

const stream: shapes.Shape<SavedTime['streams'][number]> = (value, where) => {
  const own = fields(value, where);
  return {
    words: own.get('words', listOf(string)),
    count: own.get('count', arrived),
    atMs: own.get('atMs', time),
  };
};

const outages: shapes.Shape<Outages> = (value, where) => {
  const own = fields(value, where);
  return {
    repository: own.get('repository', count),
    name: own.get('name', string),
    upMs: own.get('upMs', time),
    downMs: own.get('downMs', time),
    atMs: own.get('atMs', time),
  };
};

const transfer: shapes.Shape<Transfer> = (value, where) => {
  const own = fields(value, where);
  const startMs = own.get('startMs', time);
  const endMs = own.get('endMs', time);
  if (endMs < startMs) misfit(where, 'ends before it begins');
  return {
    kind: own.get('kind', oneOf(['get', 'send'])),
    file: own.get('file', count),
    key: own.get('key', count),
    route: own.get('route', listOf(count)),
    hadBytes: own.get('hadBytes', aDouble),
    bytes: own.get('bytes', aDouble),
    startMs,
    endMs,
  };
};

const aDouble: shapes.Shape<number> = (value, where) =>
  typeof value === 'number' && value >= 0 ? value : misfit(where, 'is no number of bytes');

const connection: shapes.Shape<SavedConnection> = (value, where) => {
  const own = fields(value, where);
  const stage = own.get('stage', wholeNumber);
  if (stage < -1 || stage > stages.length) misfit(where, 'does what there is not');
  return {
    actor: own.get('actor', count),
    actorName: own.get('actorName', string),
    remote: own.get('remote', string),
    atMs: own.get('atMs', orNull(time)),
    readyMs: own.get('readyMs', time),
    stage,
    lastFile: own.get('lastFile', wholeNumber),
    isUpToDate: own.get('isUpToDate', boolean),
    transfer: own.get('transfer', orNull(transfer)),
  };
};

export const timeShape: shapes.Shape<SavedTime> = (value, where) => {
  const own = fields(value, where);
  return {
    ms: own.get('ms', time),
    syncEveryMs: own.get('syncEveryMs', time),
    startedMs: own.get('startedMs', time),
    lastDeedMs: own.get('lastDeedMs', time),
    removed: own.get('removed', listOf(count)),
    gateways: own.get('gateways', tableOf(string, count)),
    down: own.get('down', listOf(count)),
    partitions: own.get('partitions', listOf(listOf(listOf(count)))),
    disks: own.get(
      'disks',
      listOf((each, place) => {
        const disk = fields(each, place);
        return { repository: disk.get('repository', count), bytes: disk.get('bytes', bytes) };
      }),
    ),
    speeds: own.get(
      'speeds',
      listOf((each, place) => {
        const pair = fields(each, place);
        return {
          from: pair.get('from', count),
          to: pair.get('to', count),
          speed: pair.get('speed', speed),
        };
      }),
    ),
    streams: own.get('streams', listOf(stream)),
    outages: own.get('outages', listOf(outages)),
    partials: own.get('partials', tableOf(string, aDouble)),
    connections: own.get('connections', listOf(connection)),
  };
};

/** Whether all numbers of repositories, files and keys stand for some. */
export function isTimeOf(
  saved: SavedTime,
  counts: { readonly repositories: number; readonly files: number; readonly keys: number },
): boolean {
  const isRepository = (number: number): boolean => number < counts.repositories;
  return (
    saved.removed.every((file) => file < counts.files) &&
    [...saved.gateways.values(), ...saved.down, ...saved.partitions.flat(2)].every(isRepository) &&
    saved.disks.every(({ repository }) => isRepository(repository)) &&
    saved.speeds.every(({ from, to }) => isRepository(from) && isRepository(to)) &&
    saved.outages.every(({ repository }) => isRepository(repository)) &&
    saved.connections.every(
      ({ actor, lastFile, transfer: own }) =>
        isRepository(actor) &&
        lastFile >= -1 &&
        lastFile < counts.files &&
        (own === undefined ||
          (own.file < counts.files &&
            own.key < counts.keys &&
            own.route.length >= 2 &&
            own.route.every(isRepository))),
    )
  );
}
