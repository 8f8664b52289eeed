import { namesItsContent, serializeKey, type Key } from '../../key/index.ts';
import { encodeText } from '../../units/index.ts';

/** What tells one state of a content from another (RFC 9110 section 8.8.3). */
export interface EntityTag {
  /** Between the quotation marks. */
  readonly opaque: string;
  /** Whether contents with this tag may differ in their bytes. */
  readonly isWeak: boolean;
}

/** Longest tag that is sent, in characters; keys on disks have at most 255 bytes. */
const opaqueLengthMax = 1024;

/**
 * The tag of a key's content. It is strong when the key has the content's hash, since the bytes can
 * then never be others. Any other key can have different bytes at different times and places; as
 * git-annex takes them all for the same content, the tag is weak: good for not sending it again,
 * never for joining parts of it. A content of a size that its key denies is not what was hashed.
 */
export function entityTagOf(key: Key, sizeBytes: number): EntityTag | undefined {
  const isOfItsSize = key.sizeBytes === undefined || key.sizeBytes === BigInt(sizeBytes);
  const isWeak = !(namesItsContent(key) && isOfItsSize);
  const text = percentEncoded(serializeKey(key));
  const opaque = isWeak ? `${text};${sizeBytes}` : text;
  return opaque.length > opaqueLengthMax ? undefined : { opaque, isWeak };
}

/** A tag as it stands in a header. */
export function formatEntityTag({ opaque, isWeak }: EntityTag): string {
  return `${isWeak ? 'W/' : ''}"${opaque}"`;
}

/** The headers of a request that make its answer depend on the tag. */
export interface ConditionHeaders {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

/** Whether a content that is there is to be sent (RFC 9110 section 13.2.2). */
export function judgeConditions(
  headers: ConditionHeaders,
  tag: EntityTag | undefined,
): 'send' | 'notModified' | 'failed' {
  const { ifMatch, ifNoneMatch } = headers;
  if (ifMatch !== undefined && !matches(ifMatch, tag, 'strong')) return 'failed';
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, tag, 'weak')) return 'notModified';
  return 'send';
}

/**
 * Whether a range may be sent to somebody who has a part of the content already. A date never
 * agrees, since contents are sent without one (RFC 9110 section 13.1.5).
 */
export function allowsRange(ifRange: string | undefined, tag: EntityTag | undefined): boolean {
  if (ifRange === undefined) return true;
  return ifRange.trim() !== '*' && matches(ifRange, tag, 'strong');
}

/** Whether a list of tags, or `*`, has the tag (RFC 9110 section 8.8.3.2). */
function matches(list: string, tag: EntityTag | undefined, comparison: 'strong' | 'weak'): boolean {
  if (list.trim() === '*') return true;
  if (tag === undefined || (comparison === 'strong' && tag.isWeak)) return false;
  for (const [, weak, opaque] of list.matchAll(/(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g)) {
    if (opaque === tag.opaque && (weak === undefined || comparison === 'weak')) return true;
  }
  return false;
}

/** Every byte that means nothing anywhere stands for itself. */
function percentEncoded(text: string): string {
  let encoded = '';
  for (const byte of encodeText(text)) {
    const character = String.fromCharCode(byte);
    encoded += /[A-Za-z0-9._-]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}
