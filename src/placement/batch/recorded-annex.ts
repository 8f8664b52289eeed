/** The configurations of a case file (spec/expressions.md section 15, `configs.json`). */
import { trustLevels, type Dialect } from '../../expression/index.ts';
import { isUuid, readLeadingNumber, type Read, type Uuid } from '../../units/index.ts';
import { noSettings, type Configuration, type RepositorySettings } from '../world/configuration.ts';
import {
  boolean,
  bytes,
  fields,
  listOf,
  misfit,
  oneOf,
  orNull,
  readJson,
  string,
  tableOf,
  wholeNumber,
  type Shape,
} from './shape.ts';

/** An annex as it was when cases were recorded: what they all share. */
export interface RecordedAnnex {
  readonly configuration: Configuration;
  /** What each repository holds, where git-annex worked it out. */
  readonly sizesBytes: ReadonlyMap<Uuid, bigint>;
  /** Keys that the last search for unused ones listed. */
  readonly unusedKeys: ReadonlySet<string>;
}

/** Reads `configs.json`: annexes by id, to be asked in a dialect. */
export function readRecordedAnnexes(
  json: string,
  dialect: Dialect,
): Read<ReadonlyMap<string, RecordedAnnex>> {
  return readJson(json, tableOf(string, recordedAnnex(dialect)));
}

/** Reads one of them, alone. */
export function readRecordedAnnex(json: string, dialect: Dialect): Read<RecordedAnnex> {
  return readJson(json, recordedAnnex(dialect));
}

/** A UUID as text. */
export const uuid: Shape<Uuid> = (value, where) => {
  const text = string(value, where);
  return isUuid(text) ? text : misfit(where, 'is not a UUID');
};

function recordedAnnex(dialect: Dialect): Shape<RecordedAnnex> {
  return (value, where) => {
    const annex = fields(value, where);
    const repositories = annex.get('repos', eachOnce(listOf(recordedRepository)));
    return {
      configuration: {
        repositories: new Map(repositories),
        groupwanted: annex.find('groupwanted', tableOf(string, string)) ?? new Map(),
        numcopies: annex.find('numcopies', wholeNumber),
        mincopies: annex.find('mincopies', wholeNumber),
        clusters: annex.find('clusters', tableOf(uuid, listOf(uuid))) ?? new Map(),
        fullyBalancedThresholdPercent: annex.find('threshold', thresholdPercent) ?? 90,
        rebalance: annex.find('rebalance', boolean) ?? false,
        dialect,
      },
      sizesBytes: annex.find('sizes', tableOf(uuid, bytes)) ?? new Map(),
      unusedKeys: new Set(annex.find('unused', listOf(string))),
    };
  };
}

/** A list of repositories, none of them twice: which settings of two would count cannot be said. */
function eachOnce(shape: Shape<readonly (readonly [Uuid, RepositorySettings])[]>): typeof shape {
  return (value, where) => {
    const seen = new Set<Uuid>();
    const repositories = shape(value, where);
    for (const [own] of repositories) {
      if (seen.has(own)) misfit(where, `has ${own} twice`);
      seen.add(own);
    }
    return repositories;
  };
}

/** A repository with its settings; what is left out is not configured. */
export const recordedRepository: Shape<readonly [Uuid, RepositorySettings]> = (value, where) => {
  const settings = fields(value, where);
  const own = settings.get('uuid', uuid);
  const isDescribed = settings.find('described', boolean) ?? true;
  const repository: RepositorySettings = {
    description: isDescribed ? own : undefined,
    trust: settings.find('trust', orNull(oneOf(trustLevels))) ?? noSettings.trust,
    groups: settings.find('groups', listOf(string)) ?? [],
    wanted: settings.find('wanted', orNull(string)),
    required: settings.find('required', orNull(string)),
    maxsizeBytes: settings.find('maxsize', orNull(bytes)),
    preferreddir: settings.find('preferreddir', orNull(string)),
  };
  return [own, repository];
};

/**
 * "What follows it is ignored, default 90; unreadable values mean 90" (spec/expressions.md section
 * 12.5).
 */
const thresholdPercent: Shape<number | undefined> = (value, where) =>
  readLeadingNumber(string(value, where))?.value;
