/**
 * A question about each key of a large world that is held in typed arrays, each once. Prints
 * figures as JSON. Run by bench/language.ts, in a process of its own.
 *
 *     node --expose-gc bench/language/million-keys.ts QUESTION KEYS FILES
 *
 * The first FILES keys are those of the real annex, and so are the sizes.
 */
import type { Key } from '../../src/key/index.ts';
import { wanted, type Item, type World } from '../../src/placement/index.ts';
import type { Uuid } from '../../src/units/index.ts';
import { factsOf, fileOf, heldBytesOf, holdersIn, keyTextOf } from './facts.ts';
import { configurationWith, holders, questionNamed } from './questions.ts';

export interface ManyDecided {
  readonly decisions: number;
  /** Of the decisions alone. */
  readonly decideSeconds: number;
  readonly decideCpuSeconds: number;
  /** With making each item from the arrays. */
  readonly wholeSeconds: number;
  /** The typed arrays. */
  readonly worldMiB: number;
  /** By how much memory in use had grown after all decisions. */
  readonly grownMiB: number;
  /** Of the first files, those that are wanted. */
  readonly wantedFiles: readonly string[];
}

/** How many items are there at once. */
const batchMax = 10_000;

class NumberedItem implements Item {
  readonly number: number;
  readonly key: Key;
  readonly keyText: string;
  readonly file: string;

  constructor(number: number, keys: KeyArrays) {
    const sizeBytes = keys.sizesBytes[number] ?? 0;
    const digest = keys.digests.subarray(32 * number, 32 * number + 32);
    this.number = number;
    this.keyText = keyTextOf({ digest, sizeBytes });
    this.key = {
      backend: 'SHA256E',
      sizeBytes: BigInt(sizeBytes),
      mtime: undefined,
      chunkSizeBytes: undefined,
      chunkNumber: undefined,
      name: this.keyText.slice(this.keyText.indexOf('--') + 2),
    };
    this.file = fileOf(number, { isMusic: keys.areMusic[number] === 1 });
  }
}

interface KeyArrays {
  readonly digests: Buffer;
  readonly sizesBytes: Float64Array;
  readonly masks: Uint16Array;
  readonly areMusic: Uint8Array;
}

function keyArrays(count: number): KeyArrays {
  const keys = {
    digests: Buffer.alloc(32 * count),
    sizesBytes: new Float64Array(count),
    masks: new Uint16Array(count),
    areMusic: new Uint8Array(count),
  };
  for (let number = 0; number < count; number += 1) {
    const { digest, sizeBytes, mask, isMusic } = factsOf(number);
    digest.copy(keys.digests, 32 * number);
    keys.sizesBytes[number] = sizeBytes;
    keys.masks[number] = mask;
    keys.areMusic[number] = isMusic ? 1 : 0;
  }
  return keys;
}

function worldOn(keys: KeyArrays, heldBytes: ReadonlyMap<Uuid, bigint>): World {
  const byMask = Array.from({ length: 1 << holders.length }, (_, mask) => holdersIn(mask));
  return {
    configuration: configurationWith(heldBytes),
    locations: (item) => {
      if (!(item instanceof NumberedItem)) throw new TypeError('an item of another world');
      return byMask[keys.masks[item.number] ?? 0] ?? [];
    },
    sizeBytes: (uuid) => heldBytes.get(uuid) ?? 0n,
  };
}

function usedMiB(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

const [name, keysText, filesText] = process.argv.slice(2);
const { repository } = questionNamed(name);
const count = Number(keysText);
const files = Number(filesText);
const keys = keyArrays(count);
const world = worldOn(keys, heldBytesOf(files));
const wantedFiles: string[] = [];
const before = usedMiB();
const start = performance.now();
let decideMs = 0;
let decideCpuMicros = 0;
for (let from = 0; from < count; from += batchMax) {
  const length = Math.min(batchMax, count - from);
  const items = Array.from({ length }, (_, place) => new NumberedItem(from + place, keys));
  const cpu = process.cpuUsage();
  const began = performance.now();
  const chosen = items.filter((item) => wanted(repository, item, world));
  decideMs += performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  decideCpuMicros += user + system;
  for (const { number, file } of chosen) if (number < files) wantedFiles.push(file);
}
const wholeSeconds = (performance.now() - start) / 1000;
const arrays = [keys.digests, keys.sizesBytes, keys.masks, keys.areMusic];
const decided: ManyDecided = {
  decisions: count,
  decideSeconds: decideMs / 1000,
  decideCpuSeconds: decideCpuMicros / 1e6,
  wholeSeconds,
  worldMiB: arrays.reduce((sum, { byteLength }) => sum + byteLength, 0) / 2 ** 20,
  grownMiB: usedMiB() - before,
  wantedFiles,
};
process.stdout.write(JSON.stringify(decided));
