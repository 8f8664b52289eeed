import type { RecordedBreaks } from '../recording.ts';

/**
 * Transfers that broke off, and what became of the bytes that had come by then. Each byte is counted once,
 * when that is known.
 */
export class BrokenOff {
  #transfers = 0;
  #goneOnBytes = 0n;
  #againBytes = 0n;
  /** By target and key: what came before transfers broke off, and lies there. */
  readonly #partial = new Map<string, bigint>();

  /** A transfer begins, with what it goes on with: the rest of what lay there comes again. */
  begins({ to, key }: Place, hadBytes: bigint): void {
    const bytes = this.#partial.get(`${to} ${key}`) ?? 0n;
    if (bytes <= hadBytes) return;
    this.#againBytes += bytes - hadBytes;
    this.#partial.set(`${to} ${key}`, hadBytes);
  }

  /** @param keptBytes what had come by then and lies at the target; `lostBytes` is gone with its disk. */
  brokeOff(
    { to, key }: Place,
    { keptBytes, lostBytes }: { readonly keptBytes: bigint; readonly lostBytes: bigint },
  ): void {
    this.#transfers += 1;
    this.#againBytes += lostBytes;
    if (keptBytes > 0n) this.#partial.set(`${to} ${key}`, keptBytes);
    else this.#partial.delete(`${to} ${key}`);
  }

  /** A transfer that went on with what lay there came to its end. */
  came({ to, key }: Place, hadBytes: bigint): void {
    this.#goneOnBytes += hadBytes;
    this.#partial.delete(`${to} ${key}`);
  }

  /** A repository lost all that had come to it. */
  lost(place: number): void {
    for (const [target, bytes] of this.#partial) {
      if (!target.startsWith(`${place} `)) continue;
      this.#againBytes += bytes;
      this.#partial.delete(target);
    }
  }

  get all(): RecordedBreaks {
    let unfinishedBytes = 0n;
    for (const bytes of this.#partial.values()) unfinishedBytes += bytes;
    return {
      transfers: this.#transfers,
      goneOnBytes: this.#goneOnBytes,
      againBytes: this.#againBytes,
      unfinishedBytes,
    };
  }
}

/**
 * What is there already of a content, of which so many bytes are still to come. Where these are no number,
 * as the content is larger than any, nothing is known to be there.
 */
export function bytesThere(bytes: bigint, bytesLeft: number): bigint {
  return bytesLeft < Number(bytes) ? bytes - BigInt(bytesLeft) : 0n;
}

interface Place {
  readonly to: number;
  readonly key: number;
}
