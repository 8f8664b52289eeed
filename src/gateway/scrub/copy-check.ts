import { makeEquivalentVerifier, type Key } from '../../key/index.ts';
import { loadNativeHasher, type StorageNode, type StoredContent } from '../../nodes/index.ts';
import { isErrorCode } from '../../units/index.ts';
import type { NodeWork } from '../nodes/node-work.ts';
import { watchedContent } from '../nodes/watch/watched-stream.ts';
import type { ReadingPace } from './reading-pace.ts';

/**
 * What reading a copy to its end has shown: it is `good`; it is `wrong`, as other bytes than the key names;
 * `absent`, as there is none that could be opened; `unknown`, as it could not be read, which says nothing of it;
 * `unverifiable`, as the key names a hash that is not known here.
 */
export type CopyVerdict =
  | { readonly kind: 'good'; readonly bytes: number }
  | { readonly kind: 'wrong'; readonly bytes: number; readonly state: string | undefined }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly error: unknown }
  | { readonly kind: 'unverifiable' };

/** What judging a copy needs. */
export interface CheckParts {
  readonly work: NodeWork;
  /** Keys that are recorded to have a key's content. */
  readonly equivalents: (key: Key) => Promise<readonly Key[]>;
}

/**
 * Reads a copy as clients do, to its end, and judges it by its key.
 *
 * @throws the signal's reason.
 */
export async function checkCopy(
  { node, key }: { readonly node: StorageNode; readonly key: Key },
  { work, equivalents }: CheckParts,
  how: { readonly pace: ReadingPace; readonly signal: AbortSignal },
): Promise<CopyVerdict> {
  const { signal } = how;
  let bytes = 0;
  try {
    const verifier = makeEquivalentVerifier(key, await equivalents(key), await loadNativeHasher());
    const opened = await work.ask(node, () => node.get(key, 0), {
      late: async (late) => await late?.stream.close(),
      signal,
    });
    if (opened === undefined) return { kind: 'absent' };
    const content = watchedContent(node, opened, work);
    const { state, isJudged } = opened;
    const look = (slice: Uint8Array): void => {
      bytes += slice.length;
      if (isJudged !== true) verifier.update(slice);
    };
    await readThrough(content, (piece) => how.pace.through(piece, look, signal), signal);
    if (bytes !== opened.sizeBytes) {
      const error = new Error(`it ended after ${bytes} of ${opened.sizeBytes} bytes`);
      return { kind: 'unknown', error };
    }
    const isRight = isJudged === true || verifier.matches();
    return isRight ? { kind: 'good', bytes } : { kind: 'wrong', bytes, state };
  } catch (error) {
    signal.throwIfAborted();
    if (isErrorCode(error, 'UNVERIFIABLE_KEY')) return { kind: 'unverifiable' };
    if (isErrorCode(error, 'WRONG_CONTENT')) return { kind: 'wrong', bytes, state: undefined };
    return { kind: 'unknown', error };
  }
}

async function readThrough(
  { stream }: StoredContent,
  look: (piece: Uint8Array) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (stream.pour === undefined) {
      for await (const piece of stream) await look(piece);
      return;
    }
    await stream.pour(async (piece) => {
      await look(piece);
      return !signal.aborted;
    });
    signal.throwIfAborted();
  } finally {
    await stream.close();
  }
}
