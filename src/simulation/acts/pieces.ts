import { compareCodePoints } from '../../units/index.ts';
import type { Contents } from '../world/contents.ts';
import type { Network } from '../world/network.ts';
import type { Deed } from './deeds.ts';
import { prepare, type Ground } from './prepare.ts';

/** Deeds, each with one piece for every file, numbered: all files of the first deed come first. */
export class Pieces {
  readonly deeds: readonly Deed[];
  readonly #order: Int32Array;

  constructor(deeds: readonly Deed[], contents: Contents) {
    this.deeds = deeds;
    this.#order = contents.order();
  }

  get count(): number {
    return this.deeds.length * this.#order.length;
  }

  /** The deed of a piece. */
  deed(piece: number): Deed {
    const deed = this.deeds[Math.floor(piece / this.#order.length)];
    if (deed === undefined) throw new RangeError(`there is no piece ${piece}`);
    return deed;
  }

  /** The file of a piece. */
  file(piece: number): number {
    return this.#order[piece % this.#order.length] ?? 0;
  }
}

/**
 * The candidates of a step: "the pieces of the last prepared action first, back to the first prepared;
 * each action's pieces stay in file order" (spec/sim.md section 8). What cannot be done is left out.
 */
export function stepPieces(ground: Ground & { readonly contents: Contents }): Pieces {
  return new Pieces(
    preparedBackwards(ground, ['getwanted', 'sendwanted', 'dropunwantedfrom']),
    ground.contents,
  );
}

/** The candidates of a step when nothing else is left: each connection is synced, which merges views. */
export function syncPieces(ground: Ground & { readonly contents: Contents }): Pieces {
  return new Pieces(preparedBackwards(ground, ['sync']), ground.contents);
}

function preparedBackwards(
  ground: Ground,
  what: readonly ('getwanted' | 'sendwanted' | 'dropunwantedfrom' | 'sync')[],
): readonly Deed[] {
  const prepared: (readonly Deed[])[] = [];
  for (const [repository, remote] of connectionsInOrder(ground.network)) {
    for (const deed of what) {
      const action = prepare({ repository, deed, remote }, ground);
      if (action.kind === 'deeds') prepared.push(action.deeds);
    }
  }
  return prepared.reverse().flat();
}

/** "For every repository by name descending, for each of its connections by name ascending." */
function* connectionsInOrder(network: Network): Generator<readonly [string, string]> {
  for (const name of network.sortedNames().toReversed()) {
    const number = network.names.get(name);
    if (number === undefined) continue;
    const remotes = [...network.repository(number).remotes].sort(compareCodePoints);
    for (const remote of remotes) yield [name, remote];
  }
}
