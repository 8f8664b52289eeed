import type { Key } from '../../../key/index.ts';
import type { Disk } from '../../files/disk.ts';
import { notEnoughSpace } from '../object-errors.ts';

/** Room on the disk that one upload still needs. */
export interface SpaceClaim {
  /** Bytes that are now on the disk and need no claim any more. */
  fulfil(bytes: number): void;
  release(): void;
}

/**
 * Keeps `annex.diskreserve` bytes of the disk free. Uploads that run at the same time see each
 * other's claims, so that together they cannot fill what each alone would have left.
 */
export class SpaceGuard {
  readonly #disk: Disk;
  readonly #path: Buffer;
  readonly #reserveBytes: number;
  readonly #claims = new Set<{ bytes: number }>();

  constructor(options: {
    readonly disk: Disk;
    readonly path: Buffer;
    readonly reserveBytes: number;
  }) {
    this.#disk = options.disk;
    this.#path = options.path;
    this.#reserveBytes = options.reserveBytes;
  }

  /**
   * Claims room for an object.
   * @param neededBytes what is still to be written; 0 when unknown.
   * @throws NOT_ENOUGH_SPACE
   */
  async claim(key: Key, neededBytes: number): Promise<SpaceClaim> {
    const { bavail, bsize } = await this.#disk.usage(this.#path);
    const freeBytes = Number(bavail * bsize);
    let claimedBytes = 0;
    for (const claim of this.#claims) claimedBytes += claim.bytes;
    const usableBytes = Math.max(0, freeBytes - claimedBytes - this.#reserveBytes);
    if (neededBytes > usableBytes) {
      throw notEnoughSpace({ neededBytes, usableBytes }, { key, path: this.#path });
    }
    const claim = { bytes: neededBytes };
    this.#claims.add(claim);
    return {
      fulfil: (bytes): void => {
        claim.bytes = Math.max(0, claim.bytes - bytes);
      },
      release: (): void => {
        this.#claims.delete(claim);
      },
    };
  }
}

/** Bytes still to come; 0 when the size is unknown. A chunk's size is not the size its key tells. */
export function neededBytes(
  key: Key,
  upload: { readonly sizeBytes?: number | undefined; readonly offsetBytes: number },
): number {
  const keyBytes = key.chunkNumber === undefined ? key.sizeBytes : key.chunkSizeBytes;
  return Math.max(0, (upload.sizeBytes ?? Number(keyBytes ?? 0n)) - upload.offsetBytes);
}
