/**
 * The compression functions of BLAKE2b and BLAKE2s (RFC 7693), for trees of them: libraries have
 * BLAKE2 only as a sequence of blocks, without the parameters of a node in a tree.
 */
import {
  firstLocal,
  get,
  makeBlockMachine,
  narrow,
  parameters,
  rotateRight,
  set,
  upperHalf,
  widen,
  word32,
  word64,
  type BlockMachine,
  type Code,
  type HashWord,
} from './block-machine.ts';

/** What sets the two compression functions of BLAKE2 apart (RFC 7693, section 2). */
export interface Blake2 {
  readonly word: HashWord;
  readonly roundCount: number;
  /** R1 to R4 of the mixing function G. */
  readonly rotations: readonly [number, number, number, number];
  readonly initialVector: readonly bigint[];
}

/** BLAKE2b: words of 64 bits. */
export const blake2b: Blake2 = {
  word: word64,
  roundCount: 12,
  rotations: [32, 24, 16, 63],
  initialVector: [
    0x6a09e667f3bcc908n,
    0xbb67ae8584caa73bn,
    0x3c6ef372fe94f82bn,
    0xa54ff53a5f1d36f1n,
    0x510e527fade682d1n,
    0x9b05688c2b3e6c1fn,
    0x1f83d9abfb41bd6bn,
    0x5be0cd19137e2179n,
  ],
};
/** BLAKE2s: words of 32 bits. */
export const blake2s: Blake2 = {
  word: word32,
  roundCount: 10,
  rotations: [16, 12, 8, 7],
  // "The same as for SHA-256", which are the upper halves of those above.
  initialVector: blake2b.initialVector.map((word) => word >> 32n),
};

/** Which words of a block go into the eight steps of a round, two each (RFC 7693, section 2.7). */
const sigma = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];
/** The words that each step of a round mixes: columns first, then diagonals. */
const steps = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

/**
 * A node's state: eight words of the chaining value at 0, then bytes taken so far, and the flags of
 * the last block and of the last node, each of which is all ones when set.
 */
export const nodeState = { counter: 64, lastBlock: 72, lastNode: 80, bytes: 88 };

/** A machine that takes blocks of 16 words into a node's state, all rounds unrolled. */
export function makeBlake2Machine(blake2: Blake2): BlockMachine {
  const { word, rotations, initialVector } = blake2;
  const { state, input, stepBytes } = parameters;
  const v = (index: number): number => firstLocal + index;
  const add = (left: Code, right: Code): Code => [...left, ...right, word.add];
  const xor = (left: Code, right: Code): Code => [...left, ...right, word.xor];
  const chaining = (index: number): Code => word.load(state, index * word.bytes);
  const message = (index: number): Code => word.load(input, index * word.bytes);
  const [r1, r2, r3, r4] = rotations;

  const halfMix = (
    [a, b, c, d]: readonly [number, number, number, number],
    x: number,
    { ofD, ofB }: { ofD: number; ofB: number },
  ): Code => [
    ...set(v(a), add(add(get(v(a)), get(v(b))), message(x))),
    ...set(v(d), rotateRight(word, xor(get(v(d)), get(v(a))), ofD)),
    ...set(v(c), add(get(v(c)), get(v(d)))),
    ...set(v(b), rotateRight(word, xor(get(v(b)), get(v(c))), ofB)),
  ];
  const round = (number: number): Code => {
    const order = sigma[number % sigma.length] ?? [];
    return steps.flatMap((step, index) =>
      halfMix(step, order[2 * index] ?? 0, { ofD: r1, ofB: r2 }).concat(
        halfMix(step, order[2 * index + 1] ?? 0, { ofD: r3, ofB: r4 }),
      ),
    );
  };
  const flip = (index: number, value: Code): Code => set(v(index), xor(get(v(index)), value));

  const counted = [...word64.load(state, nodeState.counter), ...widen(get(stepBytes)), word64.add];
  const counter = word64.load(state, nodeState.counter);
  const takeBlock = [
    ...word64.store(state, nodeState.counter, counted),
    ...eight((index) => set(v(index), chaining(index))),
    ...eight((index) => set(v(8 + index), word.constant(initialVector[index] ?? 0n))),
    ...(word.bytes === 8
      ? flip(12, counter)
      : [...flip(12, narrow(counter)), ...flip(13, upperHalf(counter))]),
    ...flip(14, word.load(state, nodeState.lastBlock)),
    ...flip(15, word.load(state, nodeState.lastNode)),
    ...Array.from({ length: blake2.roundCount }, (_, number) => round(number)).flat(),
    ...eight((index) => {
      const mixed = xor(get(v(index)), get(v(8 + index)));
      return word.store(state, index * word.bytes, xor(chaining(index), mixed));
    }),
  ];
  return makeBlockMachine(word, 16, takeBlock);
}

function eight(code: (index: number) => Code): Code {
  return Array.from({ length: 8 }, (_, index) => code(index)).flat();
}
