import { decodeText, encodeText, BallastError } from '../../units/index.ts';

/** Longest packet of git's wire format, with its four digits (gitprotocol-common(5)). */
export const pktBytesMax: number = 65_520;

/** How many bytes the length of a packet takes. */
const headBytes = 4;

/** One packet: its payload, or one of those that have none, by their number. */
export interface Pkt {
  /** `undefined` for a flush packet and its like. */
  readonly payload: Uint8Array | undefined;
  /** The packet as it came. */
  readonly raw: Uint8Array;
}

/** What comes is not in packets. */
function noPacket(message: string): BallastError {
  return new BallastError('NO_PACKET', message);
}

/** Takes a stream of packets apart, whatever pieces it comes in; holds one packet at most. */
export class PktReader {
  #rest: Uint8Array = new Uint8Array(0);

  /** What has come of the next packet. */
  get rest(): Uint8Array {
    return this.#rest;
  }

  /** Adds a piece. Take the packets that it completes by {@link next}. */
  push(piece: Uint8Array): void {
    this.#rest = this.#rest.length === 0 ? piece : joinedBytes([this.#rest, piece]);
  }

  /**
   * The next whole packet; `undefined` when more has to come first.
   * @throws NO_PACKET when the stream is in another format.
   */
  next(): Pkt | undefined {
    if (this.#rest.length < headBytes) return undefined;
    const digits = decodeText(this.#rest.subarray(0, headBytes));
    if (!/^[0-9a-f]{4}$/i.test(digits)) throw noPacket(`${JSON.stringify(digits)} is no length`);
    const length = Number.parseInt(digits, 16);
    if (length === 3 || length > pktBytesMax) throw noPacket(`${digits} is no length`);
    const end = Math.max(length, headBytes);
    if (this.#rest.length < end) return undefined;
    const raw = this.#rest.subarray(0, end);
    this.#rest = this.#rest.subarray(end);
    return { payload: length < headBytes ? undefined : raw.subarray(headBytes), raw };
  }
}

/** The packet that ends a part. */
export const flushPkt: Uint8Array = encodeText('0000');

/**
 * A packet with this payload.
 * @throws NO_PACKET when it is too long for one.
 */
export function pktOf(payload: Uint8Array | string): Uint8Array {
  const bytes = typeof payload === 'string' ? encodeText(payload) : payload;
  const length = bytes.length + headBytes;
  if (length > pktBytesMax) throw noPacket(`a packet of ${length} bytes`);
  return joinedBytes([encodeText(length.toString(16).padStart(headBytes, '0')), bytes]);
}

/** Bytes one after the other. */
export function joinedBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
