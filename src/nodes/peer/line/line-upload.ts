import { hasFeature } from '../../../protocol/index.ts';
import { inTime } from '../in-time.ts';
import type { LineSession } from './line-session.ts';
import type { PeerUpload } from '../peer-connection.ts';
import type { PeerBounds } from '../peer-limits.ts';

/** A PUT in a session, after its PUT-FROM. */
export class LineUpload implements PeerUpload {
  readonly offsetBytes: number;
  readonly #session: LineSession;
  readonly #lengthBytes: number;
  readonly #limits: PeerBounds;
  readonly #done: () => void;
  #sentBytes = 0;
  #hasBegun = false;
  #isOver = false;

  /** @param options.done the session is free, or broken off. */
  constructor(
    session: LineSession,
    options: {
      readonly offsetBytes: number;
      readonly lengthBytes: number;
      readonly limits: PeerBounds;
      readonly done: () => void;
    },
  ) {
    this.#session = session;
    this.offsetBytes = options.offsetBytes;
    this.#lengthBytes = options.lengthBytes;
    this.#limits = options.limits;
    this.#done = options.done;
  }

  async write(piece: Uint8Array): Promise<void> {
    this.#sentBytes += piece.length;
    if (this.#sentBytes > this.#lengthBytes) {
      throw new RangeError(`more than the ${this.#lengthBytes} bytes that were announced`);
    }
    await this.#begin();
    await this.#session.sendBytes(piece);
  }

  async finish(): Promise<boolean> {
    try {
      await this.#begin();
      if (hasFeature(this.#session.version, 'validity'))
        await this.#session.send({ word: 'VALID' });
      return await this.#verdict(this.#limits.storeMs);
    } finally {
      this.#end();
    }
  }

  async abandon(): Promise<void> {
    if (this.#isOver) return;
    try {
      // Before any data there is a way to say so; amid them only the end of the session is one.
      const isAmid = this.#hasBegun || !hasFeature(this.#session.version, 'validity');
      if (isAmid) await this.#session.end();
      else await this.#announceNothing();
    } finally {
      this.#end();
    }
  }

  /**
   * In place of an upload, has the peer delete what it kept: by bytes that make it wrong and are called
   * invalid, so that no peer fails to look (spec/p2p-line.md section 5, PUT).
   *
   * @returns whether it took them for the end of the content.
   */
  async spoil(lengthBytes: number): Promise<boolean> {
    await this.#session.send({ word: 'DATA', lengthBytes });
    await this.#session.sendBytes(new Uint8Array(lengthBytes));
    await this.#session.send({ word: 'INVALID' });
    return await this.#verdict(this.#limits.storeMs);
  }

  /** The peer keeps what it has (spec/p2p-line.md section 5, PUT). */
  async #announceNothing(): Promise<void> {
    await this.#session.send({ word: 'DATA', lengthBytes: 0 }, { word: 'INVALID' });
    await inTime(
      this.#verdict(this.#limits.abandonMs),
      { clock: this.#limits.clock, limitMs: this.#limits.abandonMs },
      'no answer',
    );
  }

  async #verdict(limitMs: number): Promise<boolean> {
    const { word } = await this.#session.receive(limitMs);
    if (word === 'SUCCESS' || word === 'SUCCESS-PLUS') return true;
    if (word === 'FAILURE' || word === 'FAILURE-PLUS') return false;
    throw await this.#session.unexpected({ word: 'ERROR', text: word });
  }

  async #begin(): Promise<void> {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    await this.#session.send({ word: 'DATA', lengthBytes: this.#lengthBytes });
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#done();
  }
}
