import { decodeText } from '../../units/index.ts';

/** What git-annex says of brackets that hold no base64url (spec/p2p-http.md section 2). */
export const undecodable = 'unable to base64 decode [] wrapped value';

/**
 * A UUID, key, lock id or file name as it stands in a path or query: `[…]` around base64url, with
 * padding, stands for the decoded bytes; anything else for itself (spec/p2p-http.md section 1).
 *
 * @returns the text, or `undefined` when the brackets hold no base64url.
 */
export function unwrapText(text: string): string | undefined {
  if (!text.startsWith('[') || !text.endsWith(']') || text.length < 2) return text;
  const inner = text.slice(1, -1);
  if (!/^[A-Za-z0-9_-]*={0,2}$/.test(inner) || inner.length % 4 !== 0) return undefined;
  try {
    const binary = atob(inner.replaceAll('-', '+').replaceAll('_', '/'));
    return decodeText(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
