/** The configurations of a case file (spec/expressions.md section 15, `configs.json`). */
import * as v from 'valibot';
import type { Dialect } from '../../expression/index.ts';
import {
  anyText,
  bytes,
  isObject,
  listOf,
  objectOf,
  readJson,
  tableOf,
  truth,
  uuid,
  wholeNumber,
  type Shape,
} from '../../shapes/index.ts';
import { readLeadingNumber, type Read, type Uuid } from '../../units/index.ts';
import type { Configuration } from '../world/configuration.ts';
import { recordedRepositories } from './recorded-repository.ts';
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
  return readJson(json, tableOf(anyText, recordedAnnex(dialect)));
}

/**
 * Reads annexes by id, or one alone, which gets the empty id: what has a list of `repos` is one. All are to be
 * asked in a dialect.
 */
export function readAnnexOrAnnexes(
  json: string,
  dialect: Dialect,
): Read<ReadonlyMap<string, RecordedAnnex>> {
  const one = recordedAnnex(dialect);
  const alone = v.pipe(
    one,
    v.transform((annex) => new Map([['', annex]])),
  );
  const several = tableOf(anyText, one);
  const isOne = (value: unknown) => isObject(value) && Array.isArray(value['repos']);
  return readJson(
    json,
    v.lazy((value) => (isOne(value) ? alone : several)),
  );
}

/**
 * "What follows it is ignored, default 90; unreadable values mean 90" (spec/expressions.md section
 * 12.5).
 */
const thresholdPercent = v.pipe(
  anyText,
  v.transform((threshold) => readLeadingNumber(threshold)?.value),
);

const settings = objectOf(
  {
    repos: recordedRepositories,
    groupwanted: v.optional(tableOf(anyText, anyText), {}),
    numcopies: v.optional(wholeNumber),
    mincopies: v.optional(wholeNumber),
    clusters: v.optional(tableOf(uuid, listOf(uuid)), {}),
    threshold: v.optional(thresholdPercent),
    rebalance: v.optional(truth, false),
    sizes: v.optional(tableOf(uuid, bytes), {}),
    unused: v.optional(listOf(anyText), []),
  },
  'an annex',
);

function recordedAnnex(dialect: Dialect): Shape<RecordedAnnex> {
  return v.pipe(
    settings,
    v.transform((annex) => ({
      configuration: {
        repositories: new Map(annex.repos),
        groupwanted: annex.groupwanted,
        numcopies: annex.numcopies,
        mincopies: annex.mincopies,
        clusters: annex.clusters,
        fullyBalancedThresholdPercent: annex.threshold ?? 90,
        rebalance: annex.rebalance,
        dialect,
      },
      sizesBytes: annex.sizes,
      unusedKeys: new Set(annex.unused),
    })),
  );
}
