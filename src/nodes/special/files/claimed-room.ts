import type { Key } from '../../../key/index.ts';
import type { SpaceClaim, SpaceGuard } from '../../../repository/index.ts';

/** Room is claimed for so many bytes at once where it shows only at the end how many come. */
const claimBytes = 16 * 1024 * 1024;

/** Room on a disk for one file that is there for a while, within what the disk is to keep free. */
export class ClaimedRoom {
  readonly #space: SpaceGuard;
  readonly #piece: Key;
  #claim: SpaceClaim;
  #leftBytes: number;

  private constructor(space: SpaceGuard, piece: Key, claim: SpaceClaim, leftBytes: number) {
    this.#space = space;
    this.#piece = piece;
    this.#claim = claim;
    this.#leftBytes = leftBytes;
  }

  /**
   * @param bytes that the file will have; `undefined` where that shows at the end.
   * @throws NOT_ENOUGH_SPACE
   */
  static async claim(
    space: SpaceGuard,
    piece: Key,
    bytes: number | undefined,
  ): Promise<ClaimedRoom> {
    const claimed = bytes ?? 0;
    return new ClaimedRoom(space, piece, await space.claim(piece, claimed), claimed);
  }

  /**
   * Sees to it that so many more bytes find room, as far as they were not expected.
   *
   * @throws NOT_ENOUGH_SPACE
   */
  async take(bytes: number): Promise<void> {
    if (bytes > this.#leftBytes) {
      const more = Math.max(bytes, claimBytes);
      this.release();
      this.#claim = await this.#space.claim(this.#piece, more);
      this.#leftBytes = more;
    }
    this.used(bytes);
  }

  /** So many more bytes are on the disk, whoever wrote them. */
  used(bytes: number): void {
    this.#leftBytes = Math.max(0, this.#leftBytes - bytes);
    this.#claim.fulfil(bytes);
  }

  /** What is not used is for others. Harmless more than once. */
  release(): void {
    this.#claim.release();
  }
}
