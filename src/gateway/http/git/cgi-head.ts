/** Most bytes that the head of a CGI answer may have; git's are a few hundred. */
const cgiHeadBytesMax: number = 64 * 1024;

/** The status and headers that a CGI program prints before its body (RFC 3875 section 6). */
export interface CgiHead {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Collects the head of a CGI answer from its pieces; what follows the head is the body. */
export class CgiHeadReader {
  #pending: Buffer = Buffer.alloc(0);

  /**
   * The head and the first bytes of the body, once the head is whole; `undefined` until then.
   *
   * @throws RangeError when no head ends within the limit.
   */
  take(piece: Buffer): { readonly head: CgiHead; readonly body: Buffer } | undefined {
    this.#pending = Buffer.concat([this.#pending, piece]);
    const end = /\r?\n\r?\n/.exec(this.#pending.toString('latin1'));
    if (end === null) {
      if (this.#pending.length > cgiHeadBytesMax) throw new RangeError('CGI head without end');
      return undefined;
    }
    return {
      head: parseCgiHead(this.#pending.subarray(0, end.index).toString('latin1')),
      body: this.#pending.subarray(end.index + end[0].length),
    };
  }
}

function parseCgiHead(text: string): CgiHead {
  let status = 200;
  const headers: (readonly [string, string])[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, name, value = ''] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10) || 500;
    else headers.push([name, value]);
  }
  return { status, headers };
}
