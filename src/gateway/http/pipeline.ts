import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What a server does with a request. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * A listener that is given the requests of one connection one after the other. A client may send
 * more before it has its answers (RFC 9112 section 9.3.2), and they are answered in order anyway:
 * to begin them all at once would let one connection have any number of files open and answers in
 * memory. When as many as the limit are unanswered, nothing more is read of the connection.
 *
 * @param pipelinedMax the unanswered requests of a connection; those that came in the same piece as
 * the last of them wait as well.
 */
export function inTurn(listener: Listener, pipelinedMax: number): Listener {
  const lines = new WeakMap<Socket, Line>();
  return (request, response) => {
    const { socket } = request;
    const known = lines.get(socket);
    const line = known ?? new Line(socket, listener, pipelinedMax);
    if (known === undefined) lines.set(socket, line);
    line.add(request, response);
  };
}

/** The requests of one connection. */
class Line {
  readonly #socket: Socket;
  readonly #listener: Listener;
  readonly #pipelinedMax: number;
  #waiting: { readonly request: IncomingMessage; readonly response: ServerResponse }[] = [];
  #isBusy = false;
  #isPaused = false;

  constructor(socket: Socket, listener: Listener, pipelinedMax: number) {
    this.#socket = socket;
    this.#listener = listener;
    this.#pipelinedMax = pipelinedMax;
    // node:http resumes it at the end of each request that it has read.
    socket.on('resume', () => {
      if (this.#isPaused) socket.pause();
    });
  }

  add(request: IncomingMessage, response: ServerResponse): void {
    if (!this.#isBusy) return this.#begin(request, response);
    this.#waiting.push({ request, response });
    if (this.#waiting.length + 1 < this.#pipelinedMax || this.#isPaused) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  #begin(request: IncomingMessage, response: ServerResponse): void {
    this.#isBusy = true;
    this.#listener(request, response);
    // After what the listener wants to be told of the end.
    response.once('close', () => this.#next());
  }

  #next(): void {
    this.#isBusy = false;
    if (this.#socket.destroyed) {
      this.#waiting = [];
      return;
    }
    const next = this.#waiting.shift();
    // The last of them may have a body that has not come yet.
    if (this.#isPaused && this.#waiting.length === 0) {
      this.#isPaused = false;
      this.#socket.resume();
    }
    if (next !== undefined) this.#begin(next.request, next.response);
  }
}
