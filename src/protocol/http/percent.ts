import { encodeText } from '../../units/index.ts';

const lenientDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Percent escapes decoded, invalid UTF-8 replaced (spec/p2p-http.md section 1, "Parameters"). */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (escapes) => {
    const bytes = new Uint8Array(escapes.length / 3);
    for (let index = 0; index < bytes.length; index += 1) {
      bytes[index] = Number.parseInt(escapes.slice(index * 3 + 1, index * 3 + 3), 16);
    }
    return lenientDecoder.decode(bytes);
  });
}

/** What stands for itself in a query and, with the further characters, in a path segment. */
const unreserved = /^[A-Za-z0-9._~-]$/;
const unreservedInPath = /^[A-Za-z0-9._~:@&=+$,-]$/;

/** A text for a query, as the real client writes it (spec/p2p-http.md section 6). */
export function percentEncode(text: string): string {
  return encodeExcept(text, unreserved);
}

/** A text for a segment of a path, as the real client writes it (spec/p2p-http.md section 6). */
export function percentEncodeSegment(text: string): string {
  return encodeExcept(text, unreservedInPath);
}

function encodeExcept(text: string, kept: RegExp): string {
  let encoded = '';
  for (const byte of encodeText(text)) {
    const character = String.fromCharCode(byte);
    encoded += kept.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}
