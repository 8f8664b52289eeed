import { parseUuid, type Uuid } from '../../units/index.ts';
import { annexOf } from '../world/annex.ts';
import type { Configuration, RepositorySettings } from '../world/configuration.ts';
import { placesIn, type LintPlace } from './lint-configuration.ts';
import { mendExpression, type Mended } from './mend.ts';

/** An expression of a configuration that was mended, and where it is. */
export interface PlacedMend extends Mended {
  /** Where it is, and its text as it is there. */
  readonly place: LintPlace;
}

/** A configuration whose expressions are mended as far as their meaning stays. */
export interface MendedConfiguration {
  /** The expressions that were mended, repositories in their order, then groupwanted. */
  readonly mends: readonly PlacedMend[];
  /** The configuration with all of them, in which everybody wants what they wanted before. */
  readonly configuration: Configuration;
}

/** Mends each expression of a configuration by itself, as {@link mendExpression} does. */
export function mendConfiguration(configuration: Configuration): MendedConfiguration {
  const annex = annexOf(configuration);
  const repositories = new Map(configuration.repositories);
  const groupwanted = new Map(configuration.groupwanted);
  const mends = placesIn(annex).flatMap((place): readonly PlacedMend[] => {
    const { text, mended } = mendExpression(place.text, annex.dialect);
    if (mended.length === 0) return [];
    if (place.kind === 'groupwanted') groupwanted.set(place.of, text);
    else setOwn(repositories, place, text);
    return [{ place, text, mended }];
  });
  return { mends, configuration: { ...configuration, repositories, groupwanted } };
}

function setOwn(
  repositories: Map<Uuid, RepositorySettings>,
  { kind, of }: LintPlace,
  text: string,
): void {
  const uuid = parseUuid(of);
  const settings = uuid === undefined ? undefined : repositories.get(uuid);
  if (uuid !== undefined && settings !== undefined) {
    repositories.set(uuid, { ...settings, [kind]: text });
  }
}
