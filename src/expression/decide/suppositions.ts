/**
 * Answers to the questions of some trees, as far as they are supposed, and what follows from them.
 */
import type { Atom } from './atoms.ts';
import { implies } from './related-atoms.ts';

/** Answers by the index of the atom; `undefined` where nothing is supposed. */
export type Answers = readonly (boolean | undefined)[];

/** A number of atoms, with what each answer entails for the others. */
export interface Suppositions {
  /**
   * The answers with one more, and all that follow; `undefined` when they contradict each other.
   */
  suppose(answers: Answers, index: number, value: boolean): Answers | undefined;
}

interface Answer {
  readonly index: number;
  readonly value: boolean;
}

/** Relates every two of the atoms. */
export function relate(atoms: readonly Atom[]): Suppositions {
  const following = new Map<string, readonly Answer[]>();
  const nameOf = ({ index, value }: Answer): string => `${index} ${value}`;
  for (const [index, atom] of atoms.entries()) {
    for (const value of [true, false]) {
      const from = { atom, isNegated: !value };
      const answers = atoms.flatMap((other, at) =>
        at === index
          ? []
          : [true, false]
              .filter((isTrue) => implies(from, { atom: other, isNegated: !isTrue }))
              .map((isTrue) => ({ index: at, value: isTrue })),
      );
      following.set(nameOf({ index, value }), answers);
    }
  }
  return {
    suppose(answers, index, value) {
      const next = [...answers];
      const pending: Answer[] = [{ index, value }];
      for (const answer of pending) {
        const known = next[answer.index];
        if (known === !answer.value) return undefined;
        if (known !== undefined) continue;
        next[answer.index] = answer.value;
        pending.push(...(following.get(nameOf(answer)) ?? []));
      }
      return next;
    },
  };
}
