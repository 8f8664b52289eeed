/** The worlds that the golden cases were recorded in (spec/expressions.md section 15). */
import { parseKey } from '../../src/key/index.ts';
import {
  noSettings,
  type Configuration,
  type Item,
  type RepositorySettings,
  type TrustLevel,
  type World,
} from '../../src/placement/index.ts';
import { parseUuid, readLeadingNumber, type Uuid } from '../../src/units/index.ts';
import { readGolden, readGoldenLines } from '../golden/read-golden.ts';

interface GoldenRepository {
  readonly uuid: string;
  readonly groups: readonly string[];
  readonly trust?: TrustLevel;
  readonly wanted?: string | null;
  readonly required?: string | null;
  readonly maxsize?: string;
  readonly preferreddir?: string;
  readonly described?: boolean;
}

interface GoldenConfiguration {
  readonly id: string;
  readonly repos: readonly GoldenRepository[];
  readonly groupwanted?: Readonly<Record<string, string>>;
  readonly numcopies?: number;
  readonly mincopies?: number;
  readonly threshold?: string;
  readonly rebalance?: boolean;
  readonly clusters?: Readonly<Record<string, readonly string[]>>;
  readonly unused?: readonly string[];
  readonly sizes?: Readonly<Record<string, string>>;
}

export interface GoldenCase {
  readonly config: string;
  readonly key: string;
  readonly file: string | null;
  readonly metadata: Readonly<Record<string, readonly string[]>>;
  readonly locations: readonly string[];
  readonly wantget: Readonly<Record<string, boolean>>;
  readonly wantdrop?: Readonly<Record<string, boolean>>;
  readonly attr_numcopies?: number;
  readonly equivalent_keys?: readonly string[];
}

/** All cases, in the order of the file. */
export function goldenCases(): readonly GoldenCase[] {
  return readGoldenLines('expressions.jsonl.gz', (line): GoldenCase => JSON.parse(line));
}

/** What the cases of one configuration share. */
export interface GoldenSetting {
  readonly configuration: Configuration;
  readonly sizes: ReadonlyMap<Uuid, bigint>;
  readonly unused: ReadonlySet<string>;
}

/** All configurations by id. */
export function goldenSettings(): ReadonlyMap<string, GoldenSetting> {
  const all: Readonly<Record<string, GoldenConfiguration>> = JSON.parse(
    readGolden('configs.json.gz'),
  );
  return new Map(Object.entries(all).map(([id, golden]) => [id, settingOf(golden)]));
}

function settingOf(golden: GoldenConfiguration): GoldenSetting {
  return {
    configuration: {
      repositories: new Map(golden.repos.map((each) => [uuid(each.uuid), settingsOf(each)])),
      groupwanted: new Map(Object.entries(golden.groupwanted ?? {})),
      numcopies: golden.numcopies,
      mincopies: golden.mincopies,
      clusters: new Map(
        Object.entries(golden.clusters ?? {}).map(([cluster, nodes]) => [
          uuid(cluster),
          nodes.map(uuid),
        ]),
      ),
      fullyBalancedThresholdPercent: thresholdOf(golden.threshold),
      rebalance: golden.rebalance ?? false,
    },
    sizes: new Map(
      Object.entries(golden.sizes ?? {}).map(([repository, bytes]) => [
        uuid(repository),
        BigInt(bytes),
      ]),
    ),
    unused: new Set(golden.unused ?? []),
  };
}

function settingsOf(golden: GoldenRepository): RepositorySettings {
  return {
    ...noSettings,
    description: golden.described === false ? undefined : golden.uuid,
    trust: golden.trust ?? 'semitrusted',
    groups: golden.groups,
    wanted: golden.wanted ?? undefined,
    required: golden.required ?? undefined,
    maxsizeBytes: golden.maxsize === undefined ? undefined : BigInt(golden.maxsize),
    preferreddir: golden.preferreddir,
  };
}

/** "What follows it is ignored, default 90; unreadable values mean 90" (section 12.5). */
function thresholdOf(text: string | undefined): number {
  return (text === undefined ? undefined : readLeadingNumber(text)?.value) ?? 90;
}

/** The item that a case asks about. */
export function itemOf({ key, file }: GoldenCase): Item {
  const parsed = parseKey(key);
  if (parsed === undefined) throw new Error(`no key: ${key}`);
  return { key: parsed, keyText: key, file: file ?? undefined };
}

/** The world of a case. */
export function worldOf(
  golden: GoldenCase,
  { configuration, sizes, unused }: GoldenSetting,
): World {
  const locations = golden.locations.map(uuid);
  const metadata = metadataOf(golden.metadata);
  return {
    configuration,
    locations: () => locations,
    sizeBytes: (repository) => sizes.get(repository),
    metadata: () => metadata,
    attributeNumcopies: () => golden.attr_numcopies,
    equivalentKeys: () => golden.equivalent_keys ?? [],
    isUnused: ({ keyText }) => unused.has(keyText),
  };
}

/** When the metadata of all cases was set. */
const lastChanged = ['1970-01-01@00-00-01'];

/** "Each field that is currently set also has a field NAME-lastchanged" (section 6.9). */
function metadataOf(fields: GoldenCase['metadata']): ReadonlyMap<string, readonly string[]> {
  const set = Object.entries(fields).map(
    ([field, values]) => [field.toLowerCase(), values] as const,
  );
  const stamps = set.map(([field]) => [`${field}-lastchanged`, lastChanged] as const);
  const overall = set.length > 0 ? [['lastchanged', lastChanged] as const] : [];
  return new Map<string, readonly string[]>([...stamps, ...overall, ...set]);
}

function uuid(text: string): Uuid {
  const parsed = parseUuid(text);
  if (parsed === undefined) throw new Error(`no UUID: ${text}`);
  return parsed;
}
