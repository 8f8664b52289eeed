import { InvalidArgumentError, type Command } from 'commander';
import {
  defaultLimits,
  isLimitName,
  limitBounds,
  limitMeanings,
  type GatewayLimits,
  type LimitName,
} from '../../gateway/index.ts';
import {
  defaultPeerLimits,
  isPeerLimitName,
  peerLimitMeanings,
  type PeerLimitName,
  type PeerLimits,
} from '../../nodes/index.ts';

/** What `--limit` gives. */
export interface LimitOptions {
  readonly limit?: GivenLimits;
}

/** Limits that are not the usual ones. */
export interface GivenLimits {
  readonly gateway?: Partial<GatewayLimits>;
  /** Limits of connections to remote nodes, whose names begin with `peer-`. */
  readonly peer?: Partial<PeerLimits>;
}

/** The longest time that a timer can be set to, milliseconds: some 24 days. */
const timeMsMax = 2 ** 31 - 1;

/** Gives a verb the repeatable option `--limit NAME=VALUE`, and its help all limits. */
export function withLimitOptions(command: Command): Command {
  return command
    .option('--limit <NAME=VALUE>', 'set a limit (see below); may be repeated', collectLimit)
    .addHelpText('after', limitHelp());
}

/** `idle-body=30m` added to the limits that earlier options set. */
export function collectLimit(text: string, earlier: GivenLimits = {}): GivenLimits {
  const [shown = '', value = ''] = text.split(/=(.*)/s);
  const limit = limits.get(shown);
  if (limit === undefined) {
    throw new InvalidArgumentError(`There is no limit "${shown}"; --help lists all limits.`);
  }
  const set = { [limit.name]: parseValue(limit, value) };
  return { ...earlier, [limit.of]: { ...earlier[limit.of], ...set } };
}

/** A limit as the command line has it. */
interface Limit {
  /** `idleBodyMs` is shown as `idle-body`: its value tells the unit. */
  readonly shown: string;
  readonly of: keyof GivenLimits;
  readonly name: LimitName | PeerLimitName;
  readonly meaning: string;
  readonly usual: number;
  /** The most that it may be, where its kind allows more. */
  readonly most?: number | undefined;
}

/** A kind of limit: what its values are written in, biggest first. */
interface Kind {
  readonly units: readonly (readonly [unit: string, size: number])[];
  readonly most: number;
  readonly wanted: string;
}

const kinds = {
  time: {
    units: [
      ['d', 86_400_000],
      ['h', 3_600_000],
      ['m', 60_000],
      ['s', 1000],
      ['ms', 1],
    ],
    most: timeMsMax,
    wanted: 'a time above nothing and below 24 days with its unit: ms, s, m, h or d, as 30m',
  },
  size: {
    units: [
      ['GiB', 1024 ** 3],
      ['MiB', 1024 ** 2],
      ['KiB', 1024],
      ['B', 1],
    ],
    most: Number.MAX_SAFE_INTEGER,
    wanted: 'a size above nothing with its unit: B, KiB, MiB or GiB, as 4MiB',
  },
  count: {
    units: [['', 1]],
    most: Number.MAX_SAFE_INTEGER,
    wanted: 'a whole number above 0',
  },
} satisfies Readonly<Record<string, Kind>>;

function kindOf({ name }: Limit): Kind {
  if (name.endsWith('Ms')) return kinds.time;
  return name.includes('Bytes') ? kinds.size : kinds.count;
}

function parseValue(limit: Limit, text: string): number {
  const kind = kindOf(limit);
  const [, digits, unit] = /^(\d{1,15})([A-Za-z]*)$/.exec(text) ?? [];
  const size = kind.units.find(([known]) => known === unit)?.[1];
  const value = Number(digits) * (size ?? Number.NaN);
  const { most = kind.most } = limit;
  if (value >= 1 && value <= most) return value;
  if (value > most && most < kind.most) {
    throw new InvalidArgumentError(`${limit.shown} is at most ${formatValue(limit, most)}.`);
  }
  throw new InvalidArgumentError(`${limit.shown} wants ${kind.wanted}.`);
}

function shownName(name: string): string {
  return name.replace(/Ms$|Bytes/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

const gatewayLimits = Object.keys(limitMeanings)
  .filter(isLimitName)
  .map((name): Limit => {
    const [meaning, usual] = [limitMeanings[name], defaultLimits[name]];
    return { shown: shownName(name), of: 'gateway', name, meaning, usual, most: limitBounds[name] };
  });

const peerLimits = Object.keys(peerLimitMeanings)
  .filter(isPeerLimitName)
  .map((name): Limit => {
    const [meaning, usual] = [peerLimitMeanings[name], defaultPeerLimits[name]];
    return { shown: `peer-${shownName(name)}`, of: 'peer', name, meaning, usual };
  });

const limits: ReadonlyMap<string, Limit> = new Map(
  [...gatewayLimits, ...peerLimits].map((limit) => [limit.shown, limit]),
);

function limitHelp(): string {
  const rows = [...limits.values()].map((limit) => {
    return `  ${`${limit.shown}=${formatValue(limit)}`.padEnd(32)} ${limit.meaning}`;
  });
  return [
    '',
    'Limits, as they are unless set:',
    ...rows,
    'Times are in ms, s, m, h or d; sizes in B, KiB, MiB or GiB.',
  ].join('\n');
}

function formatValue(limit: Limit, value = limit.usual): string {
  const [unit = '', size = 1] = kindOf(limit).units.find(([, size]) => value % size === 0) ?? [];
  return `${value / size}${unit}`;
}
