import { describe, expect, it } from 'vitest';
import { machineClock } from '../../../src/repository/index.ts';
import { LineInput, type Event } from '../../../src/gateway/line/line-input.ts';

/** What a peer sends, piece by piece as a test says, and its end. */
class Sent {
  readonly #pieces: Uint8Array[] = [];
  #isOver = false;
  #wake: () => void = () => undefined;

  say(text: string): void {
    this.#pieces.push(Buffer.from(text));
    this.#wake();
  }

  hangUp(): void {
    this.#isOver = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) yield piece;
      else if (this.#isOver) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

const never = new AbortController().signal;

function wordOf(event: Event | undefined): string | undefined {
  return event?.kind === 'message' ? event.message.word : event?.kind;
}

describe('an end that is waited for', () => {
  it('is seen behind whatever came before it, which is then still there, in its order', async () => {
    const sent = new Sent();
    const input = new LineInput(sent, { signal: never, clock: machineClock });
    const closed = input.closed(never);
    for (const text of ['GETTIMESTAMP\n', 'UNLOCK', 'CONTENT\nNOTIFYCHANGE\n']) sent.say(text);
    sent.hangUp();
    await closed;

    const words = [];
    for (let count = 0; count < 4; count += 1) words.push(wordOf(await input.next()));
    expect(words).toEqual(['GETTIMESTAMP', 'UNLOCKCONTENT', 'NOTIFYCHANGE', undefined]);
  });

  it('takes nothing from whoever asks when it is waited for no more', async () => {
    const sent = new Sent();
    const input = new LineInput(sent, { signal: never, clock: machineClock });
    const stop = new AbortController();
    const closed = input.closed(stop.signal);
    sent.say('GETTIMESTAMP\n');
    stop.abort();
    const first = input.next();
    sent.say('NOTIFYCHANGE\n');
    sent.hangUp();

    expect(wordOf(await first)).toBe('GETTIMESTAMP');
    expect(wordOf(await input.next())).toBe('NOTIFYCHANGE');
    expect(await input.next()).toBeUndefined();
    expect(await Promise.race([closed.then(() => 'closed'), Promise.resolve('waits')])).toBe(
      'waits',
    );
  });

  it('is not waited for behind more than a client has to say', async () => {
    const sent = new Sent();
    const input = new LineInput(sent, { signal: never, clock: machineClock });
    const closed = input.closed(never);
    for (let count = 0; count < 40; count += 1) sent.say('X\n'.repeat(20_000));
    await expect(closed).rejects.toThrow('bytes while it waits');
  });
});
