import { PassThrough } from 'node:stream';
import { keepLockedPieces } from '../../protocol/index.ts';
import type { HttpResponse } from './http-transport.ts';
import { inTime } from './in-time.ts';
import type { PeerLock } from './peer-connection.ts';
import type { PeerLimits } from './peer-limits.ts';

/**
 * A lock that is kept by a `keeplocked` whose body goes on. When that connection is lost, the
 * server either keeps the content for the rest of ten minutes or drops the lock
 * (spec/p2p-http.md section 5); nobody can tell, as the server answers at the end only.
 */
export class HttpLock implements PeerLock {
  readonly #body = new PassThrough();
  readonly #answer: Promise<HttpResponse>;
  readonly #reminder: NodeJS.Timeout;
  readonly #limits: PeerLimits;
  #releasing: Promise<void> | undefined;

  constructor(send: (body: PassThrough) => Promise<HttpResponse>, limits: PeerLimits) {
    this.#limits = limits;
    this.#body.on('error', () => undefined);
    this.#body.write(keepLockedPieces.keep);
    this.#reminder = setInterval(
      () => this.#body.write(keepLockedPieces.keep),
      limits.keepLockedMs,
    );
    this.#reminder.unref();
    this.#answer = send(this.#body);
    // An answer before the unlock is the end of the lock, too.
    const stop = (): void => clearInterval(this.#reminder);
    this.#answer.then(stop, stop);
  }

  release(): Promise<void> {
    this.#releasing ??= this.#release();
    return this.#releasing;
  }

  async #release(): Promise<void> {
    clearInterval(this.#reminder);
    if (!this.#body.destroyed) this.#body.end(keepLockedPieces.unlock);
    const ended = this.#answer.then(async (response) => void (await response.text()));
    try {
      await inTime(ended, this.#limits.answerMs, 'the peer did not end the lock');
    } finally {
      this.#body.destroy();
    }
  }
}
