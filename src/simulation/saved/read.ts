import { parseDialect, trustLevels, type Dialect } from '../../expression/index.ts';
import { shapes, type Read } from '../../placement/index.ts';
import { isUuid, type Uuid } from '../../units/index.ts';
import { oddityNames, type Oddity } from '../oddities.ts';
import type { SavedTable } from '../judgement/size-table.ts';
import type { SavedTrustSeen } from '../judgement/trust-seen.ts';
import type { Seed } from '../random/randomness.ts';
import type { SavedHistory } from '../acts/history.ts';
import { schedulerNames, type SchedulerName } from '../acts/scheduler.ts';
import type { Repository } from '../world/network.ts';
import { clockMax } from '../world/views.ts';
import { isTimeOf, timeShape, type SavedTime } from './read-time.ts';
import { savedFormat } from './save.ts';

const { boolean, bytes, fields, listOf, misfit, oneOf, orNull, string, tableOf, wholeNumber } =
  shapes;

/** A saved simulation, read and checked. */
export interface Saved {
  readonly isBegun: boolean;
  readonly hasFailed: boolean;
  readonly scheduler: SchedulerName;
  readonly seed: bigint;
  readonly clock: number;
  readonly oddities: readonly Oddity[];
  readonly dialect: Dialect;
  readonly position: number;
  readonly moves: ReadonlyMap<string, number>;
  readonly repositories: readonly SavedRepository[];
  readonly names: ReadonlyMap<string, number>;
  readonly nodes: ReadonlyMap<string, number>;
  readonly groupwanted: ReadonlyMap<string, string>;
  readonly numcopies: number;
  readonly mincopies: number;
  readonly rebalance: boolean;
  /** The text of a real key, or what a made-up one is made from. */
  readonly keys: readonly (string | MadeKey)[];
  readonly metadata: readonly {
    readonly key: number;
    readonly fields: ReadonlyMap<string, readonly string[]>;
  }[];
  readonly files: readonly string[];
  readonly fileKeys: readonly number[];
  readonly views: readonly {
    readonly columns: readonly (readonly number[])[];
    readonly live: readonly (bigint | undefined)[];
  }[];
  readonly tables: readonly SavedTable[];
  readonly trustSeen: SavedTrustSeen;
  /** `undefined` where time was not known yet. */
  readonly time: SavedTime | undefined;
  readonly history: SavedHistory & { readonly entries: readonly number[] };
}

type SavedRepository = Omit<Repository, 'remotes' | 'groups'> & {
  readonly remotes: readonly string[];
  readonly groups: readonly string[];
};

interface MadeKey extends Seed {
  readonly sizeBytes: bigint;
}

/** Reads a saved simulation, or says in a sentence why it is none. */
export function readSaved(text: string): Read<Saved> {
  return shapes.readJson(text, readState);
}

const uuid: shapes.Shape<Uuid> = (value, where) => {
  const text = string(value, where);
  return isUuid(text) ? text : misfit(where, 'is not a UUID');
};

const dialect: shapes.Shape<Dialect> = (value, where) =>
  parseDialect(string(value, where)) ?? misfit(where, 'is not a version of git-annex');

const scheduler: shapes.Shape<SchedulerName> = oneOf(schedulerNames);
const oddity: shapes.Shape<Oddity> = oneOf(oddityNames);
const trust = oneOf(trustLevels);

const repository: shapes.Shape<SavedRepository> = (value, where) => {
  const saved = fields(value, where);
  return {
    uuid: saved.get('uuid', uuid),
    name: saved.get('name', string),
    isSpecialRemote: saved.get('isSpecialRemote', boolean),
    remotes: saved.get('remotes', listOf(string)),
    trust: saved.get('trust', trust),
    groups: saved.get('groups', listOf(string)),
    wanted: saved.get('wanted', orNull(string)),
    required: saved.get('required', orNull(string)),
    maxsizeBytes: saved.get('maxsize', orNull(bytes)),
  };
};

const key: shapes.Shape<string | MadeKey> = (value, where) => {
  if (typeof value === 'string') return value;
  const [size, high, low] = listOf((each: unknown) => each)(value, where);
  return {
    sizeBytes: bytes(size, `${where}[0]`),
    high: wholeNumber(high, `${where}[1]`),
    low: wholeNumber(low, `${where}[2]`),
  };
};

const command: shapes.Shape<string | readonly string[]> = (value, where) =>
  typeof value === 'string' ? value : listOf(string)(value, where);

const view: shapes.Shape<Saved['views'][number]> = (value, where) => {
  const own = fields(value, where);
  return {
    columns: own.get('columns', listOf(listOf(wholeNumber))),
    live: own.get('live', listOf(orNull(bytes))),
  };
};

const table: shapes.Shape<SavedTable> = (value, where) => {
  const own = fields(value, where);
  return {
    isCurrent: own.get('isCurrent', boolean),
    entries: own.get(
      'entries',
      listOf((value, where) => {
        const entry = fields(value, where);
        return {
          repository: entry.get('repository', wholeNumber),
          bytes: String(entry.get('bytes', bytes)),
        };
      }),
    ),
  };
};

function readState(value: unknown, where: string): Saved {
  const saved = fields(value, where);
  saved.get('format', oneOf([savedFormat]));
  return checked(
    {
      isBegun: saved.get('isBegun', boolean),
      hasFailed: saved.get('hasFailed', boolean),
      scheduler: saved.get('scheduler', scheduler),
      seed: saved.get('seed', bytes),
      clock: saved.get('clock', wholeNumber),
      oddities: saved.get('oddities', listOf(oddity)),
      dialect: saved.get('dialect', dialect),
      position: saved.get('position', wholeNumber),
      moves: saved.get('moves', tableOf(string, wholeNumber)),
      repositories: saved.get('repositories', listOf(repository)),
      names: saved.get('names', tableOf(string, wholeNumber)),
      nodes: saved.get('nodes', tableOf(string, wholeNumber)),
      groupwanted: saved.get('groupwanted', tableOf(string, string)),
      numcopies: saved.get('numcopies', wholeNumber),
      mincopies: saved.get('mincopies', wholeNumber),
      rebalance: saved.get('rebalance', boolean),
      keys: saved.get('keys', listOf(key)),
      metadata: saved.get(
        'metadata',
        listOf((value, where) => {
          const own = fields(value, where);
          return {
            key: own.get('key', wholeNumber),
            fields: own.get('fields', tableOf(string, listOf(string))),
          };
        }),
      ),
      files: saved.get('files', listOf(string)),
      fileKeys: saved.get('fileKeys', listOf(wholeNumber)),
      views: saved.get('views', listOf(view)),
      tables: saved.get('tables', listOf(table)),
      trustSeen: saved.get('trustSeen', (value, where) => {
        const own = fields(value, where);
        return {
          written: own.get('written', listOf(orNull(listOf(trust)))),
          last: own.get('last', listOf(trust)),
        };
      }),
      time: saved.find('time', timeShape),
      history: saved.get('history', (value, where) => {
        const own = fields(value, where);
        return {
          names: own.get('names', listOf(string)),
          commands: own.get('commands', listOf(command)),
          entries: own.get('entries', listOf(wholeNumber)),
        };
      }),
    },
    where,
  );
}

/** What the parts say of each other must fit, so that nothing fails later. */
function checked(state: Saved, where: string): Saved {
  const { repositories, keys, files, history } = state;
  const isBelow = (number: number, count: number): boolean => number >= 0 && number < count;
  const numbers = [...state.names.values(), ...state.nodes.values()];
  if (!numbers.every((number) => isBelow(number, repositories.length)))
    misfit(where, 'has a name of nobody');
  if (state.fileKeys.length !== files.length) misfit(where, 'has files without keys');
  if (!state.fileKeys.every((key) => isBelow(key, keys.length))) misfit(where, 'lacks a key');
  if (state.position < 0) misfit(where, 'goes on at a place below zero');
  if (!isBelow(state.clock, clockMax)) misfit(where, 'has a clock beyond all measure');
  if (state.views.length !== repositories.length) misfit(where, 'lacks the view of a repository');
  for (const { columns } of state.views) {
    for (const column of columns) {
      if (lengthOf(column) > keys.length) misfit(where, 'knows of keys that there are not');
    }
    if (columns.length > repositories.length) misfit(where, 'knows of nobody');
  }
  const { time } = state;
  const counts = { repositories: repositories.length, files: files.length, keys: keys.length };
  if (time !== undefined && !isTimeOf(time, counts)) misfit(where, 'has a time of nobody');
  for (let index = 0; index < history.entries.length; index += 2) {
    const tag = history.entries[index] ?? -2;
    const number = history.entries[index + 1] ?? -1;
    const isKnown =
      tag === -1
        ? isBelow(number, history.commands.length)
        : isBelow(tag >> 1, history.names.length) && isBelow(number, files.length);
    if (!isKnown) misfit(where, 'has an entry in its log that says nothing');
  }
  return state;
}

/** How many cells some runs are; beyond all measure where one has no length. */
function lengthOf(runs: readonly number[]): number {
  let length = 0;
  for (let index = 1; index < runs.length; index += 2) {
    const count = runs[index] ?? 0;
    length += count < 1 ? Number.POSITIVE_INFINITY : count;
  }
  return runs.length % 2 === 0 ? length : Number.POSITIVE_INFINITY;
}
