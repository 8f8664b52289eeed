/** Repositories as case files and lines of picks have them (spec/expressions.md section 15). */
import * as v from 'valibot';
import { trustLevels } from '../../expression/index.ts';
import {
  anyText,
  bytes,
  listOf,
  objectOf,
  oneOf,
  orNull,
  truth,
  uuid,
  type Shape,
} from '../../shapes/index.ts';
import type { Uuid } from '../../units/index.ts';
import { noSettings, type RepositorySettings } from '../world/configuration.ts';

/** A repository with its settings; what is left out is not configured. */
export const recordedRepository: Shape<readonly [Uuid, RepositorySettings]> = v.pipe(
  objectOf(
    {
      uuid,
      described: v.optional(truth, true),
      trust: v.optional(orNull(oneOf(trustLevels))),
      groups: v.optional(listOf(anyText), []),
      wanted: v.optional(orNull(anyText)),
      required: v.optional(orNull(anyText)),
      maxsize: v.optional(orNull(bytes)),
      preferreddir: v.optional(orNull(anyText)),
    },
    'a repository',
  ),
  v.transform((line): readonly [Uuid, RepositorySettings] => [
    line.uuid,
    {
      description: line.described ? line.uuid : undefined,
      trust: line.trust ?? noSettings.trust,
      groups: line.groups,
      wanted: line.wanted,
      required: line.required,
      maxsizeBytes: line.maxsize,
      preferreddir: line.preferreddir,
    },
  ]),
);

/** A list of repositories, none of them twice: which settings of two would count cannot be said. */
export const recordedRepositories: Shape<readonly (readonly [Uuid, RepositorySettings])[]> = v.pipe(
  listOf(recordedRepository),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const seen = new Set<Uuid>();
    for (const [key, [own]] of dataset.value.entries()) {
      if (seen.has(own)) {
        const input = dataset.value;
        addIssue({
          message: 'a repository that is not in the list already',
          path: [{ type: 'array', origin: 'value', input, key, value: own }],
        });
        return;
      }
      seen.add(own);
    }
  }),
);
