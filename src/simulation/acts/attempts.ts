import { compareCodePoints } from '../world/compare.ts';
import type { Contents } from '../world/contents.ts';
import type { Network } from '../world/network.ts';
import type { Operation } from './operations.ts';
import { prepare, type Ground } from './prepare.ts';

/** Operations, each with one attempt for every file, numbered: all files of the first operation come first. */
export class Attempts {
  readonly operations: readonly Operation[];
  readonly #order: Int32Array;

  constructor(operations: readonly Operation[], contents: Contents) {
    this.operations = operations;
    this.#order = contents.order();
  }

  get count(): number {
    return this.operations.length * this.#order.length;
  }

  /** The operation of an attempt. */
  operation(attempt: number): Operation {
    const operation = this.operations[Math.floor(attempt / this.#order.length)];
    if (operation === undefined) throw new RangeError(`there is no attempt ${attempt}`);
    return operation;
  }

  /** The file of an attempt. */
  file(attempt: number): number {
    return this.#order[attempt % this.#order.length] ?? 0;
  }
}

/**
 * The candidates of a step: "the pieces of the last prepared action first, back to the first prepared;
 * each action's pieces stay in file order" (spec/sim.md section 8). What cannot be done is left out.
 */
export function stepAttempts(ground: Ground & { readonly contents: Contents }): Attempts {
  return new Attempts(
    preparedBackwards(ground, ['getwanted', 'sendwanted', 'dropunwantedfrom']),
    ground.contents,
  );
}

/** The candidates of a step when nothing else is left: each connection is synced, which merges views. */
export function syncAttempts(ground: Ground & { readonly contents: Contents }): Attempts {
  return new Attempts(preparedBackwards(ground, ['sync']), ground.contents);
}

function preparedBackwards(
  ground: Ground,
  what: readonly ('getwanted' | 'sendwanted' | 'dropunwantedfrom' | 'sync')[],
): readonly Operation[] {
  const prepared: (readonly Operation[])[] = [];
  for (const [repository, remote] of connectionsInOrder(ground.network)) {
    for (const operation of what) {
      const action = prepare({ repository, operation, remote }, ground);
      if (action.kind === 'operations') prepared.push(action.operations);
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
