import { InvalidArgumentError, type Command } from 'commander';
import {
  defaultLimits,
  isLimitName,
  limitMeanings,
  type GatewayLimits,
  type LimitName,
} from '../../gateway/index.ts';

/** What `--limit` gives. */
export interface LimitOptions {
  readonly limit?: Partial<GatewayLimits>;
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
export function collectLimit(
  text: string,
  earlier: Partial<GatewayLimits> = {},
): Partial<GatewayLimits> {
  const [shown = '', value = ''] = text.split(/=(.*)/s);
  const name = limits.get(shown);
  if (name === undefined) {
    throw new InvalidArgumentError(`There is no limit "${shown}"; --help lists all limits.`);
  }
  return { ...earlier, [name]: parseValue(name, value) };
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

function kindOf(name: LimitName): Kind {
  if (name.endsWith('Ms')) return kinds.time;
  return name.includes('Bytes') ? kinds.size : kinds.count;
}

function parseValue(name: LimitName, text: string): number {
  const kind = kindOf(name);
  const [, digits, unit] = /^(\d{1,15})([A-Za-z]*)$/.exec(text) ?? [];
  const size = kind.units.find(([known]) => known === unit)?.[1];
  const value = Number(digits) * (size ?? Number.NaN);
  if (value >= 1 && value <= kind.most) return value;
  throw new InvalidArgumentError(`${shownName(name)} wants ${kind.wanted}.`);
}

/** `idleBodyMs` is written `idle-body`: its value tells the unit. */
function shownName(name: LimitName): string {
  return name.replace(/Ms$|Bytes/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

const limits: ReadonlyMap<string, LimitName> = new Map(
  Object.keys(limitMeanings)
    .filter(isLimitName)
    .map((name) => [shownName(name), name]),
);

function limitHelp(): string {
  const rows = [...limits].map(([shown, name]) => {
    return `  ${`${shown}=${formatValue(name)}`.padEnd(28)} ${limitMeanings[name]}`;
  });
  return [
    '',
    'Limits, as they are unless set:',
    ...rows,
    'Times are in ms, s, m, h or d; sizes in B, KiB, MiB or GiB.',
  ].join('\n');
}

function formatValue(name: LimitName): string {
  const value = defaultLimits[name];
  const [unit = '', size = 1] = kindOf(name).units.find(([, size]) => value % size === 0) ?? [];
  return `${value / size}${unit}`;
}
