import type { Readable } from 'node:stream';
import { streamOf, withoutFirst, type ByteStream } from '../../../stream/index.ts';
import type { StoredPiece } from '../pieces/piece-store.ts';

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
function streamFrom(answer: WebAnswer): ByteStream {
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

/**
 * The body as a text. Bytes that are no UTF-8 are replaced.
 *
 * @throws Error when it has more bytes than that.
 */
export async function textOf({ body }: Pick<WebAnswer, 'body'>, bytesMax: number): Promise<string> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of body) {
    if (!(piece instanceof Uint8Array)) continue;
    sizeBytes += piece.length;
    if (sizeBytes > bytesMax) throw new Error('the server says far too much');
    pieces.push(Buffer.from(piece));
  }
  return Buffer.concat(pieces).toString();
}

/** What a file is asked for from a byte on with. What is encoded for the way alone would have other bytes. */
export function partHeaders(fromByte: number): Readonly<Record<string, string>> {
  const range = fromByte === 0 ? {} : { range: `bytes=${fromByte}-` };
  return { 'accept-encoding': 'identity', ...range };
}

/**
 * A file from a byte on, of an answer of 200, 206 or 416 to {@link partHeaders}.
 *
 * @throws Error where the server gives another part.
 */
export function partFrom(
  answer: WebAnswer & { readonly statusCode: number },
  fromByte: number,
): StoredPiece {
  const { statusCode, headers, body } = answer;
  // What is given up fails, and nobody reads it.
  body.on('error', () => undefined);
  const isWhole = statusCode === 200;
  const sizeBytes = isWhole ? lengthOf(answer) : totalOf(answer);
  if (statusCode === 416) {
    body.destroy();
    return { sizeBytes, stream: streamOf() };
  }
  const [, begin] = /^bytes (\d+)-/.exec(String(headers['content-range'])) ?? [];
  if (!isWhole && Number(begin) !== fromByte) {
    body.destroy();
    throw new Error('the server gives another part than was asked for');
  }
  const stream = streamFrom(answer);
  // A server may give all of it where a part was asked for.
  return { sizeBytes, stream: isWhole && fromByte > 0 ? withoutFirst(stream, fromByte) : stream };
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
