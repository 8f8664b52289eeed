/**
 * Whether a content may be dropped from a repository: the rules of `git annex drop`
 * (spec/expressions.md section 13). Required content is kept, for the file that is asked for and for the
 * others that use the key; and enough copies must be left, which drop-copies.ts counts.
 */
import type { Uuid } from '../../units/index.ts';
import { annexOf, type Annex } from '../world/annex.ts';
import { neededCopies, neededMincopies, type NeededCopies } from '../world/needed-copies.ts';
import {
  copiesLacking,
  countsFor,
  type CopiesNeeded,
  type CopyLookups,
  type CopyStanding,
} from './drop-copies.ts';
import { wouldRequireIfAbsent } from './wanted.ts';
import type { Item, World } from '../world/world.ts';

/**
 * What is known of other copies beyond the location log; repositories that the log does not name
 * count too.
 */
export interface CopyProofs {
  /** Repositories that hold a lock on their copy until the drop is over. */
  readonly locked?: Iterable<Uuid>;
  /** Repositories that were asked just now, and have it. */
  readonly verified?: Iterable<Uuid>;
}

/** What {@link mayDrop} is told beside the world. */
export interface MayDropOptions extends CopyProofs {
  /**
   * The drop is made where the content is, by one who keeps others from dropping it there
   * meanwhile.
   */
  readonly isLocal?: boolean;
  /** Other files that use the same key: each with its own numcopies, mincopies and required content. */
  readonly otherFiles?: readonly string[];
  /**
   * The repository was asked and does not want the content, as `drop --auto` and `sync` ask first. Required
   * content is part of what it wants, and not asked for again (spec/expressions.md section 9). Default: it is asked.
   */
  readonly isUnwanted?: boolean;
}

/** Why a content must stay. */
export type DropRefusal =
  /** The required expression says so, for this file; `undefined` for a key without one. */
  | { readonly kind: 'required'; readonly file: string | undefined }
  /**
   * Too few copies elsewhere: `counted` are those that count, `unproved` those that only the log
   * knows of.
   */
  | {
      readonly kind: 'numcopies' | 'mincopies';
      readonly needed: number;
      readonly counted: readonly Uuid[];
      readonly unproved: readonly Uuid[];
    };

/** Leave to drop a content, or every reason why not. */
export type DropPermission =
  | { readonly kind: 'granted' }
  | { readonly kind: 'refused'; readonly refusals: readonly DropRefusal[] };

/**
 * Whether a repository may drop a content, whatever it wants. A repository that does not have it
 * may. Throws {@link RefusedExpressionError} when its required expression is refused here. Cost:
 * one evaluation of the required expression a file, and a pass over the locations.
 */
export function mayDrop(
  repository: Uuid,
  item: Item,
  world: World,
  options: MayDropOptions = {},
): DropPermission {
  const { locked = [], verified = [], isLocal = false, otherFiles = [] } = options;
  const annex = annexOf(world.configuration);
  const { key, keyText } = item;
  const items = [item, ...otherFiles.map((file): Item => ({ key, keyText, file }))];
  const asked = options.isUnwanted === true ? [] : items;
  const refusals: DropRefusal[] = asked
    .filter((each) => wouldRequireIfAbsent(repository, each, world))
    .map(({ file }) => ({ kind: 'required', file }));
  const copies: { readonly uuid: Uuid; readonly standing: CopyStanding }[] = [];
  const needed = { ...neededFor(items, world, annex), isLocal };
  const lacking = copiesLacking(
    repository,
    lookupsOf(annex, world.locations(item), { locked, verified }),
    needed,
    (uuid, standing) => copies.push({ uuid, standing }),
  );
  for (const kind of lacking) {
    const uuids = (isCounted: boolean): readonly Uuid[] =>
      copies
        .filter(({ standing }) => countsFor(kind, standing, isLocal) === isCounted)
        .map(({ uuid }) => uuid);
    refusals.push({ kind, needed: needed[kind], counted: uuids(true), unproved: uuids(false) });
  }
  return refusals.length === 0 ? { kind: 'granted' } : { kind: 'refused', refusals };
}

/** What the rule for copies asks, answered from the location log and what was proved besides. */
function lookupsOf(
  annex: Annex,
  logged: readonly Uuid[],
  { locked, verified }: Required<CopyProofs>,
): CopyLookups<Uuid> {
  const [isLocked, isVerified] = [new Set(locked), new Set(verified)];
  return {
    repositories: new Set([...logged, ...isLocked, ...isVerified]),
    holds: () => true,
    isLocked: (uuid) => isLocked.has(uuid),
    isVerified: (uuid) => isVerified.has(uuid),
    trust: (uuid) => annex.trust(uuid),
    isCluster: (uuid) => annex.configuration.clusters.has(uuid),
  };
}

/** "numcopies and mincopies for the key: the largest of all files that use it." */
function neededFor(
  items: readonly Item[],
  world: World,
  annex: Annex,
): Pick<CopiesNeeded, 'numcopies' | 'mincopies'> {
  const largest = (needed: NeededCopies): number =>
    Math.max(...items.map((each) => needed({ item: each, world })));
  return { numcopies: largest(neededCopies(annex)), mincopies: largest(neededMincopies(annex)) };
}
