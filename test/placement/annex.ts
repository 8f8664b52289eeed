/** Small worlds for tests, told in as few words as they need. */
import { parseKey } from '../../src/key/index.ts';
import {
  noSettings,
  type Configuration,
  type Item,
  type RepositorySettings,
  type World,
} from '../../src/placement/index.ts';
import { parseUuid, type Uuid } from '../../src/units/index.ts';

/** A UUID from a text that is one. */
export function uuid(text: string): Uuid {
  const parsed = parseUuid(text);
  if (parsed === undefined) throw new Error(`no UUID: ${text}`);
  return parsed;
}

/** An item of a key with `sizeBytes`, or none. */
export function item(keyText: string, file?: string): Item {
  const key = parseKey(keyText);
  if (key === undefined) throw new Error(`no key: ${keyText}`);
  return { key, keyText, file };
}

export interface Annex extends Partial<Omit<Configuration, 'repositories' | 'clusters'>> {
  readonly repositories: Readonly<Record<string, Partial<RepositorySettings>>>;
  readonly clusters?: Readonly<Record<string, readonly string[]>>;
}

/** A configuration with everything that is not said left unconfigured. */
export function configuration({ repositories, clusters = {}, ...rest }: Annex): Configuration {
  return {
    groupwanted: new Map(),
    numcopies: undefined,
    mincopies: undefined,
    fullyBalancedThresholdPercent: 90,
    rebalance: false,
    ...rest,
    repositories: new Map(
      Object.entries(repositories).map(([name, settings]) => [
        uuid(name),
        { ...noSettings, description: name, ...settings },
      ]),
    ),
    clusters: new Map(
      Object.entries(clusters).map(([cluster, nodes]) => [uuid(cluster), nodes.map(uuid)]),
    ),
  };
}

/**
 * A world where every item is at `locations`, and repositories hold so many bytes (0 if not said).
 */
export function world(
  annex: Annex,
  {
    locations = [],
    sizesBytes = {},
  }: { locations?: readonly string[]; sizesBytes?: Readonly<Record<string, bigint>> } = {},
): World {
  const settled = configuration(annex);
  const logged = locations.map(uuid);
  return {
    configuration: settled,
    locations: () => logged,
    sizeBytes: (repository) =>
      settled.repositories.has(repository) ? (sizesBytes[repository] ?? 0n) : undefined,
  };
}
