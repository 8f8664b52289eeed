/**
 * Assembles compression functions as WebAssembly. A hash over 64-bit words takes ten times as long
 * in JavaScript, which has none but BigInt; and no library has these hashes.
 *
 * A machine is a module of one function `run` over one page of memory:
 *
 *     run(state, input, blockCount, strideBytes, stepBytes)
 *
 * It takes `blockCount` blocks, at least one, into the state at address `state`; the first block is
 * at `input`, each next one `strideBytes` on, and each counts for `stepBytes` bytes of the content.
 */

/** A piece of machine code: opcodes and their immediates, as bytes. */
export type Code = readonly number[];

/** Of `run`, by number; the locals of a program begin after them. */
export const parameters = { state: 0, input: 1, blockCount: 2, strideBytes: 3, stepBytes: 4 };
/** The number of the first local variable that a program may have for itself. */
export const firstLocal = 5;

const i32 = 0x7f;
const i64 = 0x7e;

/** A word of 32 or 64 bits: its type and the instructions on it. */
export interface HashWord {
  readonly type: number;
  readonly bytes: number;
  readonly add: number;
  readonly xor: number;
  readonly rotateRight: number;
  readonly constant: (value: bigint) => Code;
  /** Of the address in local `base`, plus `offsetBytes`. */
  readonly load: (base: number, offsetBytes: number) => Code;
  /** Stores what `value` leaves. */
  readonly store: (base: number, offsetBytes: number, value: Code) => Code;
}

// Opcodes of the WebAssembly Core Specification, section 5.4.
/** A word of 32 bits; opcodes of the WebAssembly Core Specification, section 5.4. */
export const word32: HashWord = {
  type: i32,
  bytes: 4,
  add: 0x6a,
  xor: 0x73,
  rotateRight: 0x78,
  constant: (value) => [0x41, ...signed(BigInt.asIntN(32, value))],
  load: (base, offsetBytes) => [...get(base), 0x28, 2, ...unsigned(offsetBytes)],
  store: (base, offsetBytes, value) => [...get(base), ...value, 0x36, 2, ...unsigned(offsetBytes)],
};
/** A word of 64 bits; opcodes of the WebAssembly Core Specification, section 5.4. */
export const word64: HashWord = {
  type: i64,
  bytes: 8,
  add: 0x7c,
  xor: 0x85,
  rotateRight: 0x8a,
  constant: (value) => [0x42, ...signed(BigInt.asIntN(64, value))],
  load: (base, offsetBytes) => [...get(base), 0x29, 3, ...unsigned(offsetBytes)],
  store: (base, offsetBytes, value) => [...get(base), ...value, 0x37, 3, ...unsigned(offsetBytes)],
};

/** Leaves the value of a local. */
export const get = (local: number): Code => [0x20, ...unsigned(local)];
/** Puts what `value` leaves into a local. */
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
/** Turns what `value` leaves to the right by so many bits. */
export const rotateRight = (word: HashWord, value: Code, bits: number): Code => [
  ...value,
  ...word.constant(BigInt(bits)),
  word.rotateRight,
];
/** A 32-bit value as a 64-bit one, without sign. */
export const widen = (value: Code): Code => [...value, 0xad];
/** The lower half of a 64-bit value. */
export const narrow = (value: Code): Code => [...value, 0xa7];
/** The upper half of a 64-bit value. */
export const upperHalf = (value: Code): Code => narrow([...value, ...word64.constant(32n), 0x88]);
/** The bits that two 64-bit values have in common. */
export const and64 = (left: Code, right: Code): Code => [...left, ...right, 0x83];

const preamble = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const loop = [0x03, 0x40];
const againUnlessZero = [0x0d, 0];
const end = 0x0b;

/** A compression function ready to run, and the memory that it works on. */
export interface BlockMachine {
  readonly memory: Uint8Array;
  readonly run: (
    state: number,
    input: number,
    blockCount: number,
    strideBytes: number,
    stepBytes: number,
  ) => void;
}

/** What of WebAssembly is used; the types of neither Node nor the language have it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (
    module: object,
  ) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer };
      readonly run: BlockMachine['run'];
    };
  };
};

/**
 * Makes a machine of the code that takes one block. The code finds the parameters in their locals,
 * and has `localCount` locals of its own, all of one word.
 */
export function makeBlockMachine(
  word: HashWord,
  localCount: number,
  takeBlock: Code,
): BlockMachine {
  const { input, blockCount, strideBytes } = parameters;
  const nextInput = set(input, [...get(input), ...get(strideBytes), word32.add]);
  const blocksLeft = [...get(blockCount), ...word32.constant(-1n), word32.add];
  const body = [
    ...vector([[...unsigned(localCount), word.type]]),
    ...loop,
    ...takeBlock,
    ...nextInput,
    ...set(blockCount, blocksLeft),
    ...get(blockCount),
    ...againUnlessZero,
    end,
    end,
  ];
  const module = new WebAssembly.Module(
    Uint8Array.from([
      ...preamble,
      ...section(1, [0x60, ...vector(Array.from({ length: firstLocal }, () => [i32])), 0]),
      ...section(3, [0]),
      ...section(5, [0, 1]),
      ...section(7, exported('memory', 2), exported('run', 0)),
      ...section(10, sized(body)),
    ]),
  );
  const { memory, run } = new WebAssembly.Instance(module).exports;
  return { memory: new Uint8Array(memory.buffer), run };
}

function section(id: number, ...items: readonly Code[]): Code {
  return [id, ...sized(vector(items))];
}

function exported(name: string, kind: number): Code {
  return [...sized([...new TextEncoder().encode(name)]), kind, 0];
}

function sized(code: Code): Code {
  return [...unsigned(code.length), ...code];
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** LEB128 of a number in two's complement. */
function signed(value: bigint): Code {
  const low = Number(value & 0x7fn);
  const rest = value >> 7n;
  const isLast = rest === ((low & 0x40) === 0 ? 0n : -1n);
  return isLast ? [low] : [low | 0x80, ...signed(rest)];
}
