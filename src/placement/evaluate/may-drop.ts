/**
 * Whether a content may be dropped from a repository: the rules of `git annex drop`
 * (spec/expressions.md section 13).
 *
 * 1. Required content is kept: for the file that is asked for, and for the others that use the key.
 * 2. numcopies other copies must be there: each verified to be so, locked there, or in a trusted
 *    repository. Copies in untrusted and dead repositories never count, and clusters are none.
 * 3. mincopies of them must be more than seen: locked, or in a trusted repository. Who drops from
 *    where it runs holds a lock of its own, so that what was just verified will do.
 */
import type { Uuid } from '../../units/index.ts';
import { annexOf, type Annex } from '../world/annex.ts';
import { atLeastOne, neededCopies } from '../terms/copies.ts';
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
  /** Other files that use the same key: each with its own numcopies and required content. */
  readonly otherFiles?: readonly string[];
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
  | { readonly isGranted: true }
  | { readonly isGranted: false; readonly refusals: readonly DropRefusal[] };

/**
 * Whether a repository may drop a content, whatever it wants. A repository that does not have it
 * may. Throws {@link RefusedExpressionError} when its required expression is refused here. Cost:
 * one evaluation of the required expression a file, and a pass over the locations.
 */
export function mayDrop(
  repository: Uuid,
  item: Item,
  world: World,
  { locked = [], verified = [], isLocal = false, otherFiles = [] }: MayDropOptions = {},
): DropPermission {
  const annex = annexOf(world.configuration);
  const items = [item, ...otherFiles.map((file): Item => ({ ...item, file }))];
  const refusals: DropRefusal[] = items
    .filter((each) => wouldRequireIfAbsent(repository, each, world))
    .map(({ file }) => ({ kind: 'required', file }));
  const copies = copiesBeside(repository, {
    annex,
    logged: world.locations(item),
    locked,
    verified,
  });
  const needs = [
    { kind: 'numcopies', needed: numcopiesOf(items, world, annex), counted: copies.proved },
    {
      kind: 'mincopies',
      needed: atLeastOne(annex.configuration.mincopies),
      counted: isLocal ? copies.proved : copies.held,
    },
  ] as const;
  for (const { kind, needed, counted } of needs) {
    if (counted.length >= needed) continue;
    const unproved = copies.all.filter((uuid) => !counted.includes(uuid));
    refusals.push({ kind, needed, counted, unproved });
  }
  return refusals.length === 0 ? { isGranted: true } : { isGranted: false, refusals };
}

interface Copies {
  /** All that may count once they are proved. */
  readonly all: readonly Uuid[];
  /** Locked, verified, or in a trusted repository. */
  readonly proved: readonly Uuid[];
  /** Locked, or in a trusted repository: they cannot go meanwhile. */
  readonly held: readonly Uuid[];
}

function copiesBeside(
  repository: Uuid,
  {
    annex,
    logged,
    locked,
    verified,
  }: Required<CopyProofs> & { readonly annex: Annex; readonly logged: readonly Uuid[] },
): Copies {
  const [isLocked, isVerified] = [new Set(locked), new Set(verified)];
  const all = [...new Set([...logged, ...isLocked, ...isVerified])].filter((uuid) => {
    const trust = annex.trust(uuid);
    const isCluster = annex.configuration.clusters.has(uuid);
    return uuid !== repository && !isCluster && trust !== 'dead' && trust !== 'untrusted';
  });
  const held = all.filter((uuid) => isLocked.has(uuid) || annex.trust(uuid) === 'trusted');
  const proved = all.filter((uuid) => held.includes(uuid) || isVerified.has(uuid));
  return { all, proved, held };
}

/** "numcopies and mincopies for the key: the largest of all files that use it." */
function numcopiesOf(items: readonly Item[], world: World, annex: Annex): number {
  const needed = neededCopies(annex);
  return Math.max(...items.map((each) => needed({ item: each, world })));
}
