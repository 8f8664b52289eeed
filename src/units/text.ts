/**
 * Bytes as text without loss. git-annex treats keys, file names and expressions as bytes that are
 * usually UTF-8; a byte that is not part of valid UTF-8 is carried through unchanged
 * (spec/expressions.md section 2). Here such a byte *b* becomes the lone surrogate U+DC00+b, which
 * valid UTF-8 can never produce, so `encodeText(decodeText(bytes))` gives the same bytes.
 */

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const escapedByte = /[\uDC80-\uDCFF]/;

/** The text that these bytes stand for; undecodable bytes become U+DC80 to U+DCFF. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return decodeWithEscapes(bytes);
  }
}

/** The bytes of a text made by {@link decodeText}; the inverse of it. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return escapedByte.test(text) ? encodeWithEscapes(text) : encoder.encode(text);
}

/** Whether the text stands for bytes that are not valid UTF-8. */
export function hasUndecodableBytes(text: string): boolean {
  return loneEscape.test(text);
}

const loneEscape = /(?<![\uD800-\uDBFF])[\uDC80-\uDCFF]/;

function decodeWithEscapes(bytes: Uint8Array): string {
  let text = '';
  let position = 0;
  while (position < bytes.length) {
    const length = sequenceLength(bytes, position);
    if (length === 0) {
      text += String.fromCharCode(0xdc00 + (bytes[position] ?? 0));
      position += 1;
    } else {
      text += strictDecoder.decode(bytes.subarray(position, position + length));
      position += length;
    }
  }
  return text;
}

/** First bytes of sequences, up to `last`: their length, and what the second byte may be. */
const firstBytes: readonly { last: number; length: number; second: readonly [number, number] }[] = [
  { last: 0x7f, length: 1, second: [0, 0xff] },
  { last: 0xc1, length: 0, second: [0, 0] },
  { last: 0xdf, length: 2, second: [0x80, 0xbf] },
  { last: 0xe0, length: 3, second: [0xa0, 0xbf] },
  { last: 0xec, length: 3, second: [0x80, 0xbf] },
  { last: 0xed, length: 3, second: [0x80, 0x9f] },
  { last: 0xef, length: 3, second: [0x80, 0xbf] },
  { last: 0xf0, length: 4, second: [0x90, 0xbf] },
  { last: 0xf3, length: 4, second: [0x80, 0xbf] },
  { last: 0xf4, length: 4, second: [0x80, 0x8f] },
];

/**
 * Length in bytes of the valid UTF-8 sequence that starts here; 0 when there is none (the Unicode
 * Standard, table 3-7). To have a decoder try and throw would make a line of junk cost
 * milliseconds.
 */
function sequenceLength(bytes: Uint8Array, position: number): number {
  const first = bytes[position] ?? 0;
  const row = firstBytes.find(({ last }) => first <= last);
  if (row === undefined || row.length <= 1) return row?.length ?? 0;
  const [least, most] = row.second;
  const second = bytes[position + 1] ?? 0;
  if (second < least || second > most) return 0;
  for (let at = position + 2; at < position + row.length; at += 1) {
    const next = bytes[at] ?? 0;
    if (next < 0x80 || next > 0xbf) return 0;
  }
  return row.length;
}

function encodeWithEscapes(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00);
    else bytes.push(...encoder.encode(character));
  }
  return Uint8Array.from(bytes);
}
