import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { expect } from 'vitest';
import {
  serveLines,
  type Gateway,
  type LineAccess,
  type SessionEnd,
} from '../../../src/gateway/index.ts';
import { uuidOf } from '../../support/presence.ts';

/** The client's side of a session that is served in this process. */
export interface Talk {
  say(bytes: string | Uint8Array): void;
  /** Closes the client's side, as the end of a connection does. */
  hangUp(): void;
  /** The next line, without its end; `undefined` when there is none any more. */
  line(): Promise<string | undefined>;
  bytes(length: number): Promise<string>;
  /** Ends the session from outside, as a signal does. */
  stop(): void;
  readonly end: Promise<SessionEnd>;
}

export interface TalkOptions {
  readonly server?: string;
  readonly access?: LineAccess;
}

/** Begins a session. */
export function talk(gateway: Gateway, options: TalkOptions = {}): Talk {
  const input = new PassThrough();
  const output = new PassThrough();
  const stop = new AbortController();
  const end = serveLines(
    gateway,
    {
      input,
      write: async (bytes) => {
        if (!output.write(bytes)) await new Promise((resolve) => output.once('drain', resolve));
      },
    },
    {
      server: uuidOf(options.server ?? gateway.uuid),
      access: options.access ?? 'full',
      signal: stop.signal,
    },
  ).finally(() => output.end());
  const reader = new OutputReader(output);
  return {
    say: (bytes) => void input.write(bytes),
    hangUp: () => void input.end(),
    line: () => reader.line(),
    bytes: (length) => reader.bytes(length),
    stop: () => stop.abort(),
    end,
  };
}

/** Reads lines and raw bytes from one stream; all text of these tests is ASCII. */
export class OutputReader {
  readonly #pieces: AsyncIterator<Buffer>;
  #text = '';

  constructor(output: AsyncIterable<Buffer>) {
    this.#pieces = output[Symbol.asyncIterator]();
  }

  async line(): Promise<string | undefined> {
    while (!this.#text.includes('\n')) if (!(await this.#more())) return undefined;
    const end = this.#text.indexOf('\n');
    return this.#take(end + 1).slice(0, -1);
  }

  async bytes(length: number): Promise<string> {
    while (this.#text.length < length && (await this.#more()));
    return this.#take(length);
  }

  #take(length: number): string {
    const taken = this.#text.slice(0, length);
    this.#text = this.#text.slice(length);
    return taken;
  }

  async #more(): Promise<boolean> {
    const piece = await this.#pieces.next();
    if (piece.done !== true) this.#text += piece.value.toString('latin1');
    return piece.done !== true;
  }
}

/** A content and its key. */
export interface Content {
  readonly text: string;
  readonly key: string;
}

/** What a script's `K`, `A` and `X` stand for. */
export interface Cast {
  /** A content that is there. */
  readonly K: Content;
  /** One that is not. */
  readonly A: Content;
  /** One that is to come, of 20 bytes. */
  readonly X: Content;
}

/** A content with its SHA256 key. */
export function contentOf(text: string): Content {
  const hash = createHash('sha256').update(text).digest('hex');
  return { text, key: `SHA256-s${text.length}--${hash}` };
}

/**
 * Plays a script, one step a line: `C: line` and `S: line` are what client and server say; `C~ 0 8`
 * sends bytes of X's content, `C# text` other bytes; `S= "text"` are raw bytes of the server;
 * `C.` hangs up; `S.` and `S!` say that the session has ended well, or is broken.
 */
export async function play(session: Talk, script: string, cast: Cast): Promise<void> {
  for (const step of script.split('\n').map((line) => line.trim())) {
    if (step === '') continue;
    const text = named(step.slice(3), cast);
    const act = step.slice(0, 2);
    if (act === 'C:') session.say(`${text}\n`);
    else if (act === 'C#') session.say(text);
    else if (act === 'C~') {
      const [from, until] = text.split(' ').map(Number);
      session.say(cast.X.text.slice(from, until));
    } else if (act === 'C.') session.hangUp();
    else if (act === 'S:') expect(await session.line(), step).toBe(text);
    else if (act === 'S=') {
      const expected = String(JSON.parse(text));
      expect(await session.bytes(expected.length), step).toBe(expected);
    } else if (act === 'S.') expect(await session.end, step).toEqual({ kind: 'ended' });
    else if (act === 'S!') expect((await session.end).kind, step).toBe('broken');
    else throw new Error(`no step: ${step}`);
  }
}

function named(text: string, cast: Cast): string {
  return text.replaceAll(/(?<= )[KAX](?= |$)/g, (name) =>
    name === 'K' ? cast.K.key : name === 'A' ? cast.A.key : cast.X.key,
  );
}
