import { objectOf, readJson, truth } from '../../shapes/index.ts';

/** Most characters that one object in the body of a `keeplocked` may have. */
export const keepLockedObjectMax = 4096;

/** What the client's side puts into the body of a `keeplocked`, as the real one does. */
export const keepLockedPieces: Readonly<Record<'keep' | 'unlock', string>> = {
  keep: '{"unlock":false}\n',
  unlock: '{"unlock":true}\n',
};

const wish = objectOf({ unlock: truth });

/**
 * Reads the body of a `keeplocked` as it comes: JSON objects `{"unlock":false}` and
 * `{"unlock":true}`, with anything blank or nothing between them, in any pieces
 * (spec/p2p-http.md section 5). One scanner a request.
 */
export class KeepLockedScanner {
  readonly #decoder = new TextDecoder();
  /** The object being read, from its brace on; empty between objects. */
  #object = '';
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #hasEnded = false;

  /**
   * Whether this piece ends the lock: an object says so, or something is no such object, which
   * counts as giving up the lock.
   */
  endsLock(piece: Uint8Array): boolean {
    for (const character of this.#decoder.decode(piece, { stream: true })) {
      this.#hasEnded ||= this.#take(character);
      if (this.#hasEnded) return true;
    }
    return this.#hasEnded;
  }

  #take(character: string): boolean {
    if (this.#object === '' && character !== '{') return character.trim() !== '';
    this.#object += character;
    if (this.#object.length > keepLockedObjectMax) return true;
    this.#follow(character);
    if (this.#depth > 0) return false;
    const read = readJson(this.#object, wish);
    const endsLock = read.kind === 'problem' || read.value.unlock;
    this.#object = '';
    return endsLock;
  }

  /** Keeps track of braces, outside of strings. */
  #follow(character: string): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (this.#isInString && character === '\\') this.#isEscaped = true;
    else if (character === '"') this.#isInString = !this.#isInString;
    else if (!this.#isInString && character === '{') this.#depth += 1;
    else if (!this.#isInString && character === '}') this.#depth -= 1;
  }
}
