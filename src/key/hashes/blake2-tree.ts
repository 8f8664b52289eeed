/**
 * BLAKE2bp and BLAKE2sp ("BLAKE2: simpler, smaller, fast as MD5", section 2.11): leaves take the
 * blocks of a content in turn, and a root takes the digests of the leaves.
 */
import {
  blake2b,
  blake2s,
  makeBlake2Machine,
  nodeState,
  type Blake2,
} from './blake2-compression.ts';
import type { BlockMachine } from './block-machine.ts';
import { hexOf, type Hasher } from '../hasher.ts';
import { Stripes } from './stripes.ts';

/** Which compression function a tree of digests is over, how many leaves it has, and how its nodes say where they are. */
interface TreeShape {
  readonly blake2: Blake2;
  readonly leafCount: number;
  /** Where the parameter block has a node's depth; the bytes of an inner digest come after it. */
  readonly depthAt: number;
}

/** In the machine's memory: the states of nodes, then blocks. */
const stateSlotBytes = 128;
const inputAddress = 2048;
/** Few enough for the one page of memory, many enough for calls to cost nothing. */
const windowBytes = 32_768;

/** A hasher for BLAKE2bp: four leaves of BLAKE2b. */
export const makeBlake2bp: (digestBytes: number) => Hasher = makeTreeHashers({
  blake2: blake2b,
  leafCount: 4,
  depthAt: 16,
});

/** A hasher for BLAKE2sp: eight leaves of BLAKE2s. */
export const makeBlake2sp: (digestBytes: number) => Hasher = makeTreeHashers({
  blake2: blake2s,
  leafCount: 8,
  depthAt: 14,
});

/** Gives what makes hashers of such trees, for digests of a length that the tree can have. */
function makeTreeHashers(shape: TreeShape): (digestBytes: number) => Hasher {
  // One for all, since each hasher brings its state: every memory takes gigabytes of addresses.
  let machine: BlockMachine | undefined;
  return (digestBytes) => {
    machine ??= makeBlake2Machine(shape.blake2);
    return new Tree(machine, shape, digestBytes);
  };
}

class Tree implements Hasher {
  readonly #machine: BlockMachine;
  readonly #shape: TreeShape;
  readonly #digestBytes: number;
  readonly #blockBytes: number;
  readonly #stripeBytes: number;
  readonly #window: Uint8Array;
  /** Of the leaves, in slots. */
  readonly #states: Uint8Array;
  readonly #stripes: Stripes;

  constructor(machine: BlockMachine, shape: TreeShape, digestBytes: number) {
    const { blake2, leafCount } = shape;
    this.#machine = machine;
    this.#shape = shape;
    this.#digestBytes = digestBytes;
    this.#blockBytes = 16 * blake2.word.bytes;
    this.#stripeBytes = leafCount * this.#blockBytes;
    this.#window = machine.memory.subarray(inputAddress, inputAddress + windowBytes);
    this.#states = new Uint8Array(leafCount * stateSlotBytes);
    for (let leaf = 0; leaf < leafCount; leaf += 1) {
      this.#states.set(stateOf(shape, { digestBytes, depth: 0, offset: leaf }), slotOf(leaf));
    }
    // Every leaf's last block is taken as such: a stripe must have a byte after it for each leaf.
    this.#stripes = new Stripes({
      stripeBytes: this.#stripeBytes,
      keptBytes: this.#stripeBytes - this.#blockBytes,
    });
  }

  update(piece: Uint8Array): void {
    const { memory } = this.#machine;
    memory.set(this.#states);
    this.#stripes.update(piece, this.#window, (stripes) => {
      for (let leaf = 0; leaf < this.#shape.leafCount; leaf += 1) {
        const input = inputAddress + leaf * this.#blockBytes;
        this.#machine.run(slotOf(leaf), input, stripes, this.#stripeBytes, this.#blockBytes);
      }
    });
    this.#states.set(memory.subarray(0, this.#states.length));
  }

  digestHex(): string {
    const { memory } = this.#machine;
    const { leafCount, blake2 } = this.#shape;
    const innerBytes = 8 * blake2.word.bytes;
    const rest = this.#stripes.rest();
    memory.set(this.#states);
    const inner = new Uint8Array(leafCount * innerBytes);
    for (let leaf = 0; leaf < leafCount; leaf += 1) {
      const isLastLeaf = leaf === leafCount - 1;
      const digest = this.#finish(slotOf(leaf), this.#restOfLeaf(rest, leaf), isLastLeaf);
      inner.set(digest, leaf * innerBytes);
    }
    memory.set(stateOf(this.#shape, { digestBytes: this.#digestBytes, depth: 1, offset: 0 }));
    return hexOf(this.#finish(slotOf(0), inner, true).subarray(0, this.#digestBytes));
  }

  /** The blocks of the content's end that are a leaf's. */
  #restOfLeaf(rest: Uint8Array, leaf: number): Uint8Array {
    const first = rest.subarray(leaf * this.#blockBytes).subarray(0, this.#blockBytes);
    const second = rest
      .subarray(this.#stripeBytes + leaf * this.#blockBytes)
      .subarray(0, this.#blockBytes);
    const both = new Uint8Array(first.length + second.length);
    both.set(first);
    both.set(second, first.length);
    return both;
  }

  /** Takes a node's last bytes, and gives its whole chaining value. */
  #finish(state: number, bytes: Uint8Array, isLastNode: boolean): Uint8Array {
    const { memory, run } = this.#machine;
    const fullBlocks = Math.max(0, Math.ceil(bytes.length / this.#blockBytes) - 1);
    const fullBytes = fullBlocks * this.#blockBytes;
    this.#window.fill(0, 0, fullBytes + this.#blockBytes);
    this.#window.set(bytes);
    if (fullBlocks > 0) run(state, inputAddress, fullBlocks, this.#blockBytes, this.#blockBytes);
    memory.fill(0xff, state + nodeState.lastBlock, state + nodeState.lastNode);
    if (isLastNode) memory.fill(0xff, state + nodeState.lastNode, state + nodeState.bytes);
    run(state, inputAddress + fullBytes, 1, this.#blockBytes, bytes.length - fullBytes);
    return memory.slice(state, state + 8 * this.#shape.blake2.word.bytes);
  }
}

function slotOf(leaf: number): number {
  return leaf * stateSlotBytes;
}

/** A node's state before its first block: the initial vector with the parameter block in it. */
function stateOf(
  { blake2: { word, initialVector }, leafCount, depthAt }: TreeShape,
  { digestBytes, depth, offset }: { digestBytes: number; depth: number; offset: number },
): Uint8Array {
  const block = new Uint8Array(nodeState.bytes);
  const treeDepth = 2;
  block.set([digestBytes, 0, leafCount, treeDepth]);
  block[8] = offset;
  block.set([depth, 8 * word.bytes], depthAt);
  initialVector.forEach((value, index) => {
    for (let byte = 0; byte < word.bytes; byte += 1) {
      const at = index * word.bytes + byte;
      block[at] = (block[at] ?? 0) ^ Number((value >> BigInt(8 * byte)) & 0xffn);
    }
  });
  return block;
}
