import type { Operation } from '../../acts/operations.ts';
import { Attempts } from '../../acts/attempts.ts';
import { prepare } from '../../acts/prepare.ts';
import { pause } from '../../acts/requests.ts';
import type { Trouble } from '../../acts/troubles.ts';
import { actions, type Action } from '../../language/actions.ts';
import { done, troubled, type SimulationState } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `action` say. */
export interface Act {
  /** Actions after the first are joined by `while`. */
  readonly actions: readonly Action[];
}

const triesBetweenPauses = 1 << 16;

/** `action`: attempts of one action one after the other, or of several that are mixed (spec/sim.md section 6). */
export const action: CommandRow<Act> = {
  fields: { actions },
  *does({ actions }, state) {
    const prepared = prepareAll(actions, state);
    if (prepared.kind === 'trouble') return troubled(prepared.trouble);
    const { orders } = prepared;
    let [mixed] = orders.slice(-1);
    if (mixed === undefined) return done;
    // "The right-hand side is itself such a mix."
    for (const attempts of orders.slice(0, -1).reverse()) {
      mixed = mix(attempts, mixed, () => state.randomness.coin());
    }
    for (let place = 0; place < mixed.length; place += 1) {
      mixed.run(place);
      if (place % triesBetweenPauses === triesBetweenPauses - 1) yield pause;
    }
    return done;
  },
};

/** Attempts in the order in which they are run. */
interface Order {
  readonly length: number;
  run(place: number): void;
}

type PreparedAll =
  | { readonly kind: 'orders'; readonly orders: readonly Order[] }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

/** What is fetched and pushed takes effect here, in this order. */
function prepareAll(actions: readonly Action[], state: SimulationState): PreparedAll {
  const orders: Order[] = [];
  for (const action of actions) {
    const prepared = prepare(action, state);
    if (prepared.kind === 'trouble') return prepared;
    orders.push(inTurn(prepared.operations, state));
  }
  return { kind: 'orders', orders };
}

function inTurn(operations: readonly Operation[], state: SimulationState): Order {
  const attempts = new Attempts(operations, state.contents);
  return {
    length: attempts.count,
    run: (attempt) => void state.runner.run(attempts.operation(attempt), attempts.file(attempt)),
  };
}

/** "While both lists have pieces, one coin: heads takes the first one's next piece; the rest is appended." */
function mix(first: Order, second: Order, isHeads: () => boolean): Order {
  const length = first.length + second.length;
  const isOfFirst = new Uint8Array(length);
  const places = new Float64Array(length);
  let [ofFirst, ofSecond] = [0, 0];
  for (let place = 0; place < length; place += 1) {
    const takesFirst = ofSecond >= second.length || (ofFirst < first.length && isHeads());
    isOfFirst[place] = takesFirst ? 1 : 0;
    places[place] = takesFirst ? ofFirst : ofSecond;
    if (takesFirst) ofFirst += 1;
    else ofSecond += 1;
  }
  return {
    length,
    run: (place) => (isOfFirst[place] === 1 ? first : second).run(places[place] ?? 0),
  };
}
