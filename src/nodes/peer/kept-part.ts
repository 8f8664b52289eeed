import { namesItsContent, type Key } from '../../key/index.ts';
import { PeerError } from './peer-connection.ts';

/** How often a peer is asked to forget; one that behind it has several nodes may keep several parts. */
export const forgetTriesMax = 3;

/**
 * Whether a peer can be made to forget what it kept of an interrupted upload, by an upload of
 * {@link spoilingBytes} more that cannot be right. Whoever began it may have sent wrong bytes, and
 * nobody can look at them: to go on after them, a peer finds at the end only that the whole is wrong, and
 * refuses the right bytes along with the others. Where nothing tells right from wrong, more bytes
 * would become the content.
 */
export function canForget(key: Key): boolean {
  return key.sizeBytes !== undefined || namesItsContent(key);
}

/** How many bytes, after those that are kept, give the wrong size. A hash tells by itself. */
export function spoilingBytes(key: Key, keptBytes: number): number {
  return key.sizeBytes === BigInt(keptBytes) + 1n ? 2 : 1;
}

/** What a peer says that took the spoiling bytes for the end of a content of known size. */
export function refuseSpoiled(key: Key, isStored: boolean): void {
  if (isStored && key.sizeBytes !== undefined) {
    throw new PeerError('it took for whole what was not');
  }
}
