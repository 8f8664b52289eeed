/** Most characters that one object in the body of a `keeplocked` may have. */
export const keepLockedObjectMax = 4096;

/**
 * Reads the body of a `keeplocked` as it comes: JSON objects `{"unlock":false}` and
 * `{"unlock":true}`, with anything blank or nothing between them, in any pieces
 * (spec/p2p-http.md section 5). One scanner a request.
 */
export class KeepLockedScanner {
  #pending = '';
  readonly #decoder = new TextDecoder();

  /**
   * Whether this piece ends the lock: an object says so, or something is no such object, which
   * counts as giving up the lock.
   */
  endsLock(piece: Uint8Array): boolean {
    this.#pending += this.#decoder.decode(piece, { stream: true });
    for (;;) {
      this.#pending = this.#pending.trimStart();
      if (this.#pending === '') return false;
      if (!this.#pending.startsWith('{')) return true;
      const end = this.#pending.indexOf('}');
      if (end === -1) return this.#pending.length > keepLockedObjectMax;
      if (unlockValue(this.#pending.slice(0, end + 1)) !== false) return true;
      this.#pending = this.#pending.slice(end + 1);
    }
  }
}

function unlockValue(text: string): boolean | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'unlock' in value) {
      return typeof value.unlock === 'boolean' ? value.unlock : undefined;
    }
    return undefined;
  } catch {
    return undefined;
  }
}
