import type { Clock } from '../../clock/index.ts';
import { encodeLine, type LineMessage } from '../../protocol/index.ts';
import { within } from '../../waiting/index.ts';
import { brokenSession, isBrokenSession } from './broken-session.ts';

/** Takes bytes for the peer; settles when there is room for more, and rejects when it is gone. */
export type WriteBytes = (bytes: Uint8Array) => Promise<void>;

/** Longest text of an ERROR, in characters; it is for people, and a line has its own limit. */
const textLengthMax = 2_000;

/** What a session says, each message at once and within the time that a peer may take to read. */
export class LineOutput {
  readonly #write: WriteBytes;
  readonly #idleMs: number;
  readonly #clock: Clock;

  /** @param idleMs how long the peer may take nothing. */
  constructor(write: WriteBytes, idleMs: number, clock: Clock) {
    this.#clock = clock;
    this.#write = write;
    this.#idleMs = idleMs;
  }

  /** @throws BROKEN_SESSION when the peer does not take it. */
  async send(message: LineMessage): Promise<void> {
    await this.sendBytes(lineOf(message));
  }

  /**
   * Says a message and the bytes that it announces, so that nothing of another writer's comes between.
   * @throws BROKEN_SESSION when the peer does not take it.
   */
  async sendWithBytes(message: LineMessage, bytes: Uint8Array): Promise<void> {
    await this.sendBytes(Buffer.concat([lineOf(message), bytes]));
  }

  /** Says that something cannot be done, for people. */
  async sendError(text: string): Promise<void> {
    await this.send({ word: 'ERROR', text: oneLine(text) });
  }

  /** Bytes that a DATA has announced. */
  async sendBytes(bytes: Uint8Array): Promise<void> {
    const error = (): Error => brokenSession(`the client read nothing for ${this.#idleMs} ms`);
    try {
      await within(this.#write(bytes), { clock: this.#clock, limitMs: this.#idleMs, error });
    } catch (failure) {
      if (isBrokenSession(failure)) throw failure;
      throw brokenSession('the client is gone', { cause: failure });
    }
  }
}

function lineOf(message: LineMessage): Uint8Array {
  const line = encodeLine(message);
  if (line instanceof Uint8Array) return line;
  throw new RangeError(`${message.word}: ${line.text}`);
}

function oneLine(text: string): string {
  return text.slice(0, textLengthMax).replaceAll(/\p{Cc}+/gu, ' ');
}
