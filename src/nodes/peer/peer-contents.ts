import { contentSizeBytes, serializeKey, type Key } from '../../key/index.ts';
import type { SizeCheck } from '../../repository/index.ts';
import { replyOf, type PeerConnection } from './peer-connection.ts';

/**
 * What a peer has, by its word and by the sizes that keys name: the reference server takes a file of any size for
 * the content. A content found in another size is asked about again each time, as it may have been mended.
 * All methods throw PeerError when the peer does not answer.
 */
export class PeerContents {
  readonly #peer: PeerConnection;
  /** What the peer was found to have in another size than the keys name. */
  readonly #sizes: SizeCheck;

  constructor(peer: PeerConnection, sizes: SizeCheck) {
    this.#peer = peer;
    this.#sizes = sizes;
  }

  /** Whether the peer says that it has the key, whatever the size of what it has. */
  async claims(key: Key): Promise<boolean> {
    const reply = await this.#peer.ask({ verb: 'checkPresent', key });
    return replyOf(reply, 'present').isPresent;
  }

  /** Whether the peer says that it has the key, and what it has is not known to be of another size. */
  async has(key: Key): Promise<boolean> {
    return (await this.claims(key)) && !(await this.isWrong(key));
  }

  /** Whether a content that had another size before has it still. */
  async isWrong(key: Key): Promise<boolean> {
    return this.#sizes.isWrong(nameOf(key)) && !(await this.hasSize(key));
  }

  /** Whether what the peer has is of the size that the key names, by its last byte; true for a key without a size. */
  async hasSize(key: Key): Promise<boolean> {
    const sizeBytes = contentSizeBytes(key);
    if (sizeBytes === undefined) return true;
    const fromByte = Math.max(0, sizeBytes - 1);
    const content = await this.#peer.get(key, fromByte);
    const { lengthBytes } = content;
    try {
      if (lengthBytes === sizeBytes - fromByte) for await (const _last of content);
    } finally {
      await content.close();
    }
    return this.noteSize(key, fromByte + lengthBytes);
  }

  /** Keeps in mind what size the peer was found to have, in bytes; whether it is the key's. */
  noteSize(key: Key, size: number): boolean {
    return this.#sizes.matches(key, nameOf(key), { size, nlink: 1 });
  }

  /** To be called when the key's content has gone from the peer. */
  forget(key: Key): void {
    this.#sizes.forget(nameOf(key));
  }

  /** The size in bytes of a content that is there: what its key says, else what the peer announces. */
  async sizeOf(key: Key): Promise<number | undefined> {
    const known = contentSizeBytes(key);
    if (known !== undefined) return known;
    const whole = await this.#peer.get(key, 0);
    await whole.close();
    return whole.lengthBytes;
  }
}

/** What tells a key's content from others at the peer. */
function nameOf(key: Key): Buffer {
  return Buffer.from(serializeKey(key));
}
