import {
  encodeLine,
  hasFeature,
  LineReader,
  negotiateVersion,
  newestVersion,
  type LineEvent,
  type LineMessage,
  type ProtocolVersion,
} from '../../../protocol/index.ts';
import { bufferOf } from '../../../repository/index.ts';
import type { PeerNames } from '../http/http-peer.ts';
import { inTime } from '../in-time.ts';
import { LineChild, type LineCommand } from './line-command.ts';
import { PeerError } from '../peer-connection.ts';
import type { PeerBounds } from '../peer-limits.ts';

/**
 * A session with a child process that speaks the line protocol: one request at a time. After any
 * trouble nobody knows where the next message begins, and the session is of no use any more.
 */
export class LineSession {
  readonly #child: LineChild;
  readonly #limits: PeerBounds;
  readonly #reader = new LineReader();
  readonly #pieces: AsyncIterator<unknown>;
  #ahead: Promise<IteratorResult<unknown>> | undefined;
  #events: Generator<LineEvent, void, undefined> | undefined;
  #version: ProtocolVersion = 0;
  #isUsable = true;

  private constructor(command: LineCommand, limits: PeerBounds) {
    this.#child = new LineChild(command);
    this.#limits = limits;
    this.#pieces = this.#child.stdout[Symbol.asyncIterator]();
  }

  /**
   * Starts the program and agrees on a version: an old one answers with an error, and has version
   * 0.
   * @throws PeerError
   */
  static async open(
    command: LineCommand,
    names: PeerNames,
    limits: PeerBounds,
  ): Promise<LineSession> {
    const session = new LineSession(command, limits);
    try {
      await session.#greet(names);
      return session;
    } catch (error) {
      session.breakOff();
      throw error;
    }
  }

  get version(): ProtocolVersion {
    return this.#version;
  }

  /** Whether another request can be made. */
  get isUsable(): boolean {
    return this.#isUsable && !this.#child.hasEnded;
  }

  async send(...messages: readonly LineMessage[]): Promise<void> {
    for (const message of messages) {
      const line = encodeLine(message);
      // Nothing has been sent, so the session goes on.
      if (!(line instanceof Uint8Array))
        throw new PeerError(`a ${message.word} cannot be sent: ${line.text}`);
      await this.sendBytes(line);
    }
  }

  /** Settles when more may come; the bytes may then be used again. */
  async sendBytes(bytes: Uint8Array): Promise<void> {
    const { stdin } = this.#child;
    const taken = new Promise<void>((resolve, reject) => {
      stdin.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    try {
      await inTime(
        taken,
        { clock: this.#limits.clock, limitMs: this.#limits.idleMs },
        'the peer took nothing',
      );
    } catch (error) {
      throw await this.#broken('the session is lost', error);
    }
  }

  /** The next message; an ERROR is thrown, and the session can go on after it. */
  async receive(limitMs: number = this.#limits.answerMs): Promise<LineMessage> {
    const event = await this.#next(limitMs);
    if (event.kind !== 'message') throw await this.#broken('the peer sent what is no message');
    if (event.message.word !== 'ERROR') return event.message;
    throw new PeerError(`the peer says: ${event.message.text}`);
  }

  /** The bytes after a DATA. They must be read to the end. */
  async *receiveData(lengthBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
    this.#reader.takeData(lengthBytes);
    for (;;) {
      const event = await this.#next(this.#limits.idleMs);
      if (event.kind !== 'data') throw await this.#broken('the peer sent what is no data');
      if (event.bytes.length > 0) yield event.bytes;
      if (event.leftBytes === 0) return;
    }
  }

  /**
   * Settles when the peer says something, or is gone, while nothing is asked of it. What it says
   * stays to be received.
   */
  async disturbed(): Promise<void> {
    await this.#read().catch(() => undefined);
  }

  /** Another message than the protocol has here. */
  async unexpected(message: LineMessage): Promise<PeerError> {
    return await this.#broken(`the peer sent ${message.word}, which does not belong here`);
  }

  /**
   * Ends the session, in the middle of whatever it is; settles when the program is gone.
   *
   * @param graceMs how long the program may take to end by itself. Default: as long as a peer may
   * take to note that an upload was given up.
   */
  async end(graceMs: number = this.#limits.abandonMs): Promise<void> {
    this.#isUsable = false;
    await this.#child.end(graceMs);
  }

  /** Ends the session, in the middle of whatever it is, without waiting for the end of its program. */
  breakOff(): void {
    this.end().catch(() => undefined);
  }

  async #greet({ server, bypass = [] }: PeerNames): Promise<void> {
    const greeting = await this.receive();
    if (greeting.word !== 'AUTH-SUCCESS') throw await this.unexpected(greeting);
    if (greeting.serverUuid !== server) {
      throw new PeerError(`it is another repository, ${greeting.serverUuid}`);
    }
    await this.send({ word: 'VERSION', version: newestVersion });
    this.#version = await this.#agreed();
    if (bypass.length > 0 && hasFeature(this.#version, 'plusUuids')) {
      await this.send({ word: 'BYPASS', uuids: bypass });
    }
  }

  async #agreed(): Promise<ProtocolVersion> {
    const event = await this.#next(this.#limits.answerMs);
    if (event.kind === 'message' && event.message.word === 'ERROR') return 0;
    if (event.kind === 'message' && event.message.word === 'VERSION') {
      return negotiateVersion(event.message.version);
    }
    throw await this.#broken('the peer did not answer with a version');
  }

  async #next(limitMs: number): Promise<LineEvent> {
    for (;;) {
      const event = this.#events?.next();
      if (event !== undefined && event.done !== true) {
        if (event.value.kind === 'tooLong')
          throw await this.#broken('the peer sent an endless line');
        return event.value;
      }
      this.#events = this.#reader.read(await this.#piece(limitMs));
    }
  }

  async #piece(limitMs: number): Promise<Uint8Array> {
    try {
      const next = await inTime(
        this.#read(),
        { clock: this.#limits.clock, limitMs },
        'the peer said nothing',
      );
      this.#ahead = undefined;
      if (next.done !== true) return bufferOf(next.value);
    } catch (error) {
      throw await this.#broken('the session is lost', error);
    }
    throw await this.#broken('the session has ended');
  }

  #read(): Promise<IteratorResult<unknown>> {
    this.#ahead ??= this.#pieces.next();
    return this.#ahead;
  }

  /** Ends the session, and tells why with what the program says at its end. */
  async #broken(what: string, cause?: unknown): Promise<PeerError> {
    await this.end();
    return this.#child.trouble(cause instanceof PeerError ? cause.message : what);
  }
}
