/**
 * Skein, unkeyed, in the two variants that git-annex uses: SKEIN256 is Skein-256 with a digest of
 * 256 bits, SKEIN512 is Skein-512 with one of 512 ("The Skein Hash Function Family", version 1.3).
 *
 * A content is taken block by block into the state, which is of a block's size, by a Threefish
 * cipher, whose tweak tells each block what it is: a part of the configuration, of the message, or
 * of the output.
 */
import {
  and64,
  firstLocal,
  get,
  makeBlockMachine,
  parameters,
  rotateRight,
  set,
  widen,
  word64,
  type BlockMachine,
  type Code,
} from './block-machine.ts';
import { hexOf, type Hasher } from '../hasher.ts';
import { Stripes } from './stripes.ts';

interface Threefish {
  readonly wordCount: number;
  /** Table 4: how far the words of a round are rotated to the left, again after eight rounds. */
  readonly rotations: readonly (readonly number[])[];
  /** Table 3: which word goes where after a round. */
  readonly permutation: readonly number[];
}

// prettier-ignore
const threefish256: Threefish = {
  wordCount: 4,
  rotations: [
    [14, 16],
    [52, 57],
    [23, 40],
    [5, 37],
    [25, 33],
    [46, 12],
    [58, 22],
    [32, 32],
  ],
  permutation: [0, 3, 2, 1],
};
const threefish512: Threefish = {
  wordCount: 8,
  rotations: [
    [46, 36, 19, 37],
    [33, 27, 14, 42],
    [17, 49, 36, 39],
    [44, 9, 54, 56],
    [39, 30, 34, 24],
    [13, 50, 10, 17],
    [25, 29, 39, 43],
    [8, 35, 56, 22],
  ],
  permutation: [2, 1, 4, 7, 6, 5, 0, 3],
};
const roundCount = 72;
/** Section 3.3.2: C240. */
const keyParity = 0x1bd11bdaa9fc1a22n;

/** Table 6: the types of blocks, as in the upper word of the tweak; and its flags. */
const types = { configuration: 4n << 56n, message: 48n << 56n, output: 63n << 56n };
const isFirst = 1n << 62n;
const isFinal = 1n << 63n;

/** In the machine's memory: the two words of the tweak with the state after them, then blocks. */
const addresses = { position: 0, flags: 8, state: 16, input: 1024 };
/** Few enough for the one page of memory, many enough for calls to cost nothing. */
const windowBytes = 32_768;

/** A hasher for Skein-256-256. */
export function makeSkein256(): Hasher {
  return new Skein((machine256 ??= machineOf(threefish256)), 32);
}

/** A hasher for Skein-512-512. */
export function makeSkein512(): Hasher {
  return new Skein((machine512 ??= machineOf(threefish512)), 64);
}

// One for all, since each hasher brings its state: every memory takes gigabytes of addresses.
let machine256: BlockMachine | undefined;
let machine512: BlockMachine | undefined;

/** A state, and digest, of as many bytes as a block. */
class Skein implements Hasher {
  readonly #machine: BlockMachine;
  readonly #blockBytes: number;
  readonly #window: Uint8Array;
  /** As in the machine's memory: the tweak, then the chaining value. */
  readonly #state: Uint8Array;
  readonly #tweak: DataView;
  readonly #stripes: Stripes;

  constructor(machine: BlockMachine, blockBytes: number) {
    this.#machine = machine;
    this.#blockBytes = blockBytes;
    this.#window = machine.memory.subarray(addresses.input, addresses.input + windowBytes);
    this.#state = new Uint8Array(addresses.state + blockBytes);
    this.#tweak = new DataView(this.#state.buffer, 0, addresses.state);
    this.#stripes = new Stripes({ stripeBytes: blockBytes, keptBytes: 0 });
    this.#begin(types.configuration);
    this.#takeLast(configurationOf(blockBytes));
    this.#begin(types.message);
  }

  update(piece: Uint8Array): void {
    this.#run(() => {
      this.#stripes.update(piece, this.#window, (blocks) => this.#take(blocks, this.#blockBytes));
    });
  }

  digestHex(): string {
    this.#takeLast(this.#stripes.rest());
    this.#begin(types.output);
    const counter = new Uint8Array(8);
    this.#takeLast(counter);
    return hexOf(this.#state.subarray(addresses.state));
  }

  #begin(type: bigint): void {
    this.#tweak.setBigUint64(addresses.position, 0n, true);
    this.#tweak.setBigUint64(addresses.flags, type | isFirst, true);
  }

  /** Takes the last block of a type, which may be short, or empty. */
  #takeLast(block: Uint8Array): void {
    const flags = this.#tweak.getBigUint64(addresses.flags, true);
    this.#tweak.setBigUint64(addresses.flags, flags | isFinal, true);
    this.#run(() => {
      this.#window.fill(0, 0, this.#blockBytes);
      this.#window.set(block);
      this.#take(1, block.length);
    });
  }

  /** Lets the machine work on this hasher's state. */
  #run(work: () => void): void {
    const { memory } = this.#machine;
    memory.set(this.#state);
    work();
    this.#state.set(memory.subarray(0, this.#state.length));
  }

  #take(blocks: number, stepBytes: number): void {
    this.#machine.run(0, addresses.input, blocks, this.#blockBytes, stepBytes);
  }
}

/** Section 3.5.2: "SHA3", the version, and the length of the digest in bits. */
function configurationOf(digestBytes: number): Uint8Array {
  const configuration = new Uint8Array(32);
  const view = new DataView(configuration.buffer);
  view.setUint32(0, 0x3341_4853, true);
  view.setUint16(4, 1, true);
  view.setUint32(8, digestBytes * 8, true);
  return configuration;
}

/**
 * Takes a block by a Threefish cipher as a UBI step (Skein 1.3, sections 3.3 and 3.4), all rounds
 * unrolled.
 */
function machineOf({ wordCount, rotations, permutation }: Threefish): BlockMachine {
  const { state, input, stepBytes } = parameters;
  const locals = Array.from({ length: 2 * wordCount + 4 }, (_, index) => firstLocal + index);
  const [position = 0, flags = 0, both = 0, parity = 0] = locals;
  const tweak = [position, flags, both];
  const key = [...locals.slice(4, 4 + wordCount), parity];
  let words = locals.slice(4 + wordCount);

  const at = (list: readonly number[], index: number): number => list[index % list.length] ?? 0;
  const plus = (left: Code, right: Code): Code => [...left, ...right, word64.add];
  const xor = (left: Code, right: Code): Code => [...left, ...right, word64.xor];
  const loadState = (index: number): Code => word64.load(state, addresses.state + 8 * index);

  /** What subkey `number` adds to a word: of the key, of the tweak, and its number to the last. */
  const subkey = (number: number, index: number): Code => {
    const ofKey = get(at(key, number + index));
    if (index === wordCount - 3) return plus(ofKey, get(at(tweak, number)));
    if (index === wordCount - 2) return plus(ofKey, get(at(tweak, number + 1)));
    if (index === wordCount - 1) return plus(ofKey, word64.constant(BigInt(number)));
    return ofKey;
  };
  const addSubkey = (number: number): Code =>
    words.flatMap((word, index) => set(word, plus(get(word), subkey(number, index))));
  const mix = (left: number, right: number, leftRotation: number): Code => [
    ...set(left, plus(get(left), get(right))),
    ...set(right, xor(rotateRight(word64, get(right), 64 - leftRotation), get(left))),
  ];
  const round = (number: number): Code => {
    const before = number % 4 === 0 ? addSubkey(number / 4) : [];
    const mixed = (rotations[number % 8] ?? []).flatMap((rotation, pair) =>
      mix(at(words, 2 * pair), at(words, 2 * pair + 1), rotation),
    );
    words = permutation.map((from) => at(words, from));
    return [...before, ...mixed];
  };

  const takeBlock = [
    ...key.slice(0, -1).flatMap((word, index) => set(word, loadState(index))),
    ...set(parity, key.slice(0, -1).map(get).reduce(xor, word64.constant(keyParity))),
    ...set(position, plus(word64.load(state, addresses.position), widen(get(stepBytes)))),
    ...set(flags, word64.load(state, addresses.flags)),
    ...set(both, xor(get(position), get(flags))),
    ...words.flatMap((word, index) => set(word, word64.load(input, 8 * index))),
    ...Array.from({ length: roundCount }, (_, number) => round(number)).flat(),
    ...addSubkey(roundCount / 4),
    ...words.flatMap((word, index) =>
      word64.store(
        state,
        addresses.state + 8 * index,
        xor(get(word), word64.load(input, 8 * index)),
      ),
    ),
    ...word64.store(state, addresses.position, get(position)),
    ...word64.store(state, addresses.flags, and64(get(flags), word64.constant(~isFirst))),
  ];
  return makeBlockMachine(word64, locals.length, takeBlock);
}
