import { decodeText, encodeText, hasUndecodableBytes } from '../../units/index.ts';
import { Unreadable, type Readable } from '../unreadable.ts';

/** What git-annex says of brackets that hold no base64url (spec/p2p-http.md section 2). */
export const undecodable = 'unable to base64 decode [] wrapped value';

/**
 * A UUID, key, lock id or file name as it stands in a path, a query or JSON: `[…]` around
 * base64url, with padding, stands for the decoded bytes; anything else for itself (spec/p2p-http.md
 * section 1).
 *
 * @returns the text, or `undefined` when the brackets hold no base64url.
 */
export function unwrapText(text: string): string | undefined {
  if (!isBracketed(text)) return text;
  const inner = text.slice(1, -1);
  if (!/^[A-Za-z0-9_-]*={0,2}$/.test(inner) || inner.length % 4 !== 0) return undefined;
  try {
    const binary = atob(inner.replaceAll('-', '+').replaceAll('_', '/'));
    return decodeText(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

/** The inverse, which wraps only what would not come through as it is, as the real client does. */
export function wrapText(text: string): string {
  if (!isBracketed(text) && !hasUndecodableBytes(text)) return text;
  let binary = '';
  for (const byte of encodeText(text)) binary += String.fromCharCode(byte);
  return `[${btoa(binary).replaceAll('+', '-').replaceAll('/', '_')}]`;
}

/** A reader of what may be wrapped. */
export function unwrapped<Value>(
  read: (text: string) => Readable<Value>,
): (text: string) => Readable<Value> {
  return (text) => {
    const inner = unwrapText(text);
    return inner === undefined ? new Unreadable(undecodable) : read(inner);
  };
}

function isBracketed(text: string): boolean {
  return text.length >= 2 && text.startsWith('[') && text.endsWith(']');
}
