import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { AnswerReader, type Answer } from './answer-reader.ts';

/** Bytes that one read takes; the same buffer each time. */
const readBytes = 256 * 1024;

/** One HTTP/1.1 connection that asks one thing at a time. */
export class Connection {
  readonly #socket: Socket;
  readonly #reader: AnswerReader;
  #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;
  #onPiece: (piece: Buffer, atByte: number) => void = () => undefined;

  private constructor(port: number) {
    this.#reader = new AnswerReader(
      (answer) => {
        const waiting = this.#waiting;
        this.#waiting = undefined;
        waiting?.resolve(answer);
      },
      (piece, atByte) => this.#onPiece(piece, atByte),
    );
    const buffer = Buffer.allocUnsafeSlow(readBytes);
    this.#socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer,
        callback: (count) => {
          try {
            this.#reader.push(buffer.subarray(0, count));
          } catch (error) {
            this.#socket.destroy(error instanceof Error ? error : new Error(String(error)));
          }
          return true;
        },
      },
    });
    const ended = (error?: Error): void => {
      this.#waiting?.reject(error ?? new Error('the server closed the connection'));
      this.#waiting = undefined;
    };
    this.#socket.on('error', ended);
    this.#socket.on('close', () => ended());
  }

  static async open(port: number): Promise<Connection> {
    const connection = new Connection(port);
    await once(connection.#socket, 'connect');
    return connection;
  }

  /**
   * Sends a request and waits for its whole answer.
   * @param onPiece sees the body; pieces are reused after it returns.
   */
  ask(
    request: Buffer,
    onPiece: (piece: Buffer, atByte: number) => void = () => undefined,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#onPiece = onPiece;
      this.#socket.write(request);
    });
  }

  /** Sends a request in pieces, each when there is room for it, and waits for its answer. */
  async send(pieces: Iterable<Buffer>): Promise<Answer> {
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
    // Awaited below; meanwhile its failure ends the sending.
    answer.catch(() => undefined);
    for (const piece of pieces) {
      if (this.#socket.write(piece)) continue;
      if (this.#socket.destroyed) break;
      await Promise.race([once(this.#socket, 'drain'), answer]);
    }
    return await answer;
  }

  close(): void {
    this.#socket.destroy();
  }
}
