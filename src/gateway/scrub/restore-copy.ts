import type { Key } from '../../key/index.ts';
import type { StorageNode, StoredContent } from '../../nodes/index.ts';
import { asError, isErrorCode } from '../../units/index.ts';
import type { NodeWork } from '../nodes/node-work.ts';
import { watchedContent } from '../nodes/watch/watched-stream.ts';
import { brokenBody } from '../uploads/upload.ts';

/**
 * What became of a copy that is to be made again: `restored` from a node of that name; `lost`, as no other node has it
 * whole that was asked, and all were; `later`, as one could not be asked, or nothing could be stored.
 */
export type Restored =
  | { readonly kind: 'restored'; readonly from: string }
  | { readonly kind: 'lost' }
  | { readonly kind: 'later'; readonly why: string };

/** A copy that lacks, and where it may come from. */
export interface Lacking {
  readonly node: StorageNode;
  readonly key: Key;
  /** Other nodes that the location log says have it, in the order in which they are asked. */
  readonly sources: readonly StorageNode[];
  /** How many more it says have it, that cannot be asked from here. */
  readonly beyond: number;
  readonly signal: AbortSignal;
}

/**
 * Stores a content on a node again, from the first other one that has it whole: as an upload is stored, so that it is
 * hashed on its way and durable, and the logs say so, before it counts.
 *
 * @throws the signal's reason.
 */
export async function restoreCopy(lacking: Lacking, work: NodeWork): Promise<Restored> {
  const { node, sources, beyond, signal } = lacking;
  if (node.readOnly !== undefined) return { kind: 'later', why: `${node.name} ${node.readOnly}` };
  let why: string | undefined;
  for (const source of sources) {
    signal.throwIfAborted();
    try {
      const copied = await copyFrom(source, lacking, work);
      if (copied === 'stored') return { kind: 'restored', from: source.name };
      if (copied !== 'notThere') why ??= copied.why;
    } catch (error) {
      signal.throwIfAborted();
      if (isErrorCode(error, 'WRONG_CONTENT')) continue;
      why ??= `${source.name}: ${asError(error).message}`;
    }
  }
  if (beyond > 0) why ??= `only ${beyond} repositories have it that are not asked from here`;
  return why === undefined ? { kind: 'lost' } : { kind: 'later', why };
}

async function copyFrom(
  source: StorageNode,
  { node, key, signal }: Lacking,
  work: NodeWork,
): Promise<'stored' | 'notThere' | { readonly why: string }> {
  const opened = await work.ask(source, () => source.get(key, 0), {
    late: async (late) => await late?.stream.close(),
    signal,
  });
  if (opened === undefined) return 'notThere';
  const content = watchedContent(source, opened, work);
  const body = bodyOf(content, signal);
  try {
    const upload = {
      key,
      associatedFile: undefined,
      offsetBytes: 0,
      lengthBytes: opened.sizeBytes,
      body: body.pieces,
      signal,
    };
    const taken = await work.uploads.open([node], upload);
    const [failure] = taken.failed.values();
    if (failure !== undefined) return { why: asError(failure).message };
    const stored = await work.uploads.store(upload, taken);
    if (stored.holders.includes(node.uuid)) return 'stored';
    if (body.failure() !== undefined) throw body.failure();
    const [lost] = stored.failed.values();
    // All of it came, and it was not the content: that copy is looked at when its turn comes.
    return lost === undefined ? 'notThere' : { why: asError(lost).message };
  } finally {
    await content.stream.close();
  }
}

/** A content as the body of an upload, which breaks off where the content does. */
function bodyOf(
  { stream }: StoredContent,
  signal: AbortSignal,
): { readonly pieces: AsyncIterable<Uint8Array>; failure(): unknown } {
  let failure: unknown;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of stream) {
        signal.throwIfAborted();
        yield piece;
      }
    } catch (error) {
      failure = error;
      throw brokenBody(error);
    }
  }
  return { pieces: pieces(), failure: () => failure };
}
