import type { Readable } from 'node:stream';
import type { ByteStream } from '../../../stream/index.ts';

/** An answer of a server whose body is not read yet, as undici gives it. */
export interface WebAnswer {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Readable;
}

/** Bytes of a body; `undefined` where the server does not tell, or tells those of what is encoded for the way alone. */
export function lengthOf({ headers }: Pick<WebAnswer, 'headers'>): number | undefined {
  const encoding = headers['content-encoding'];
  return encoding === undefined || encoding === 'identity'
    ? wholeNumber(headers['content-length'])
    : undefined;
}

/** Bytes of all of which a part was asked for: of `bytes 5-9/10` or `bytes *\/10` the last number. */
export function totalOf({ headers }: Pick<WebAnswer, 'headers'>): number | undefined {
  const range = headers['content-range'];
  return typeof range === 'string' ? wholeNumber(/\/(\d+)$/.exec(range)?.[1]) : undefined;
}

function wholeNumber(text: string | readonly string[] | undefined): number | undefined {
  const number = typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(number) ? number : undefined;
}

/** The body as a stream. */
export function streamFrom(answer: WebAnswer): ByteStream {
  const { body } = answer;
  // Whoever reads it hears of what goes wrong.
  body.on('error', () => undefined);
  return {
    lengthBytes: lengthOf(answer),
    async *[Symbol.asyncIterator]() {
      for await (const piece of body) if (piece instanceof Uint8Array) yield piece;
    },
    close: () => {
      body.destroy();
      return Promise.resolve();
    },
  };
}

/** The bytes of a name in the path of a url, undecodable ones too. Slashes stay, and what RFC 3986 calls unreserved. */
export function encodedName(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(
      /[^A-Za-z0-9\-._~/]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
}
