declare const brand: unique symbol;

/**
 * The identity of a repository, a special remote or a cluster. Any non-empty text without white
 * space: git-annex compares UUIDs as text and accepts what is not a UUID by RFC 9562.
 */
export type Uuid = string & { readonly [brand]: 'Uuid' };

/** Longest UUID text accepted from a peer or a log; a real one has 36 characters. */
export const uuidLengthMax = 256;

/** Whether the text can stand as a UUID in the logs of the git-annex branch. */
export function isUuid(text: string): text is Uuid {
  return text.length > 0 && text.length <= uuidLengthMax && !/[\s\u0000-\u001f]/.test(text);
}

/** The UUID, or `undefined` when the text is empty, too long or holds white space. */
export function parseUuid(text: string): Uuid | undefined {
  return isUuid(text) ? text : undefined;
}

/**
 * Whether a UUID is a cluster's: version 8, first byte `ac`
 * (spec/cluster-and-proxy.md section 1.1: any UUID of that shape is a cluster's).
 */
export function isClusterUuid(uuid: string): boolean {
  return clusterShape.test(uuid);
}

const clusterShape = /^ac[0-9a-f]{6}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/**
 * A new repository UUID (version 4), or a new cluster UUID (version 8, first byte `ac`), from 16
 * random bytes.
 */
export function uuidFromBytes(random: Uint8Array, kind: 'repository' | 'cluster'): Uuid {
  const bytes = Uint8Array.from(random.subarray(0, 16));
  if (kind === 'cluster') bytes[0] = 0xac;
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (kind === 'cluster' ? 0x80 : 0x40);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const text = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  if (!isUuid(text)) throw new RangeError('uuidFromBytes needs 16 bytes');
  return text;
}
