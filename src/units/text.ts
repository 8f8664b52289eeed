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

/** Length in bytes of the valid UTF-8 sequence that starts here; 0 when there is none. */
function sequenceLength(bytes: Uint8Array, position: number): number {
  const first = bytes[position] ?? 0;
  const length =
    first < 0x80
      ? 1
      : first < 0xc2
        ? 0
        : first < 0xe0
          ? 2
          : first < 0xf0
            ? 3
            : first < 0xf5
              ? 4
              : 0;
  if (length <= 1) return length;
  try {
    strictDecoder.decode(bytes.subarray(position, position + length));
    return length;
  } catch {
    return 0;
  }
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
