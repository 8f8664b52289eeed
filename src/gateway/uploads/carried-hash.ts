import type { Verifier } from '../../key/index.ts';
import type { Deposit } from '../../nodes/index.ts';

/**
 * Hashes an upload to a node that cannot read back what it keeps of one: each piece when it is written, so that the
 * hash is that of what the node has, wherever the upload breaks off, and goes on with it.
 */
export class CarriedHash {
  readonly verifier: Verifier;
  readonly #deposit: Deposit;
  /** Bytes to come that the node has, and that are hashed. */
  #knownBytes: number;

  /**
   * @param deposit has been started at that byte.
   * @throws Error when there is no hash of what comes before it.
   */
  constructor(deposit: Deposit, fromByte: number, makeVerifier: () => Verifier) {
    const { keptHash } = deposit;
    const verifier = fromByte === 0 ? makeVerifier() : keptHash?.verifier;
    if (keptHash === undefined || verifier === undefined) {
      throw new Error('nothing is known of what was kept of the upload; begin it anew');
    }
    keptHash.verifier = verifier;
    this.verifier = verifier;
    this.#deposit = deposit;
    this.#knownBytes = fromByte === 0 ? 0 : deposit.offsetBytes - fromByte;
  }

  /** Hashes what is new of the next piece, and writes it. */
  async write(piece: Uint8Array): Promise<void> {
    // Before it is written: then the two agree whenever no write is under way.
    const known = Math.min(this.#knownBytes, piece.length);
    this.#knownBytes -= known;
    this.verifier.update(piece.subarray(known));
    await this.#deposit.write(piece);
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  stop(): void {
    // There is nothing under way besides writes.
  }
}
