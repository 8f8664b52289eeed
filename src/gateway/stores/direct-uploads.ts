import { contentSizeBytes, makeVerifier, namesItsContent, type Key } from '../../key/index.ts';
import {
  loadNativeHasher,
  NodeUnavailableError,
  type DirectReading,
  type DirectRefusal,
  type DirectRequest,
  type StorageNode,
  type TakenContent,
} from '../../nodes/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { PlacedItem } from '../placing/placing.ts';
import type { Received } from '../uploads/upload.ts';
import type { ServedStore } from './served-store.ts';

/*
 * Uploads that go past the gateway: a client sends a content to S3 itself, and the gateway judges it.
 *
 * 1. `offerUpload` asks where a put would go to now, by the same rules, and has the first of these nodes that can sign a
 *    request by which the client sends the content beside the others there (`nodes/direct-access`).
 * 2. The client sends it. To the gateway nothing has happened: no key is looked for at that name, and no room is kept.
 * 3. `checkUpload` takes what was sent, and then is a put like any other, whose body is what was taken: it is placed
 *    anew, read and hashed once, written to all chosen nodes, noted before and logged after. The node that has
 *    it already is written to by a copy within its server, and nothing shows there before the hash was right.
 * 4. What was sent is removed when it was stored, or was wrong; it stays for another try where a node failed.
 *
 * A check of what is stored already is a success, so that it may be asked again. Killed between the copy and the log
 * line, the server finds its note (`intents/`) at the next start.
 */

/** What a client is to do to have a content stored. */
export type UploadOffer =
  | { readonly kind: 'present' }
  | { readonly kind: 'send'; readonly node: Uuid; readonly request: DirectRequest }
  | { readonly kind: 'refused'; readonly reason: DirectRefusal };

/** What came of what a client has sent. */
export type UploadChecked =
  | { readonly kind: 'stored'; readonly nodes: readonly Uuid[] }
  | {
      readonly kind: 'refused';
      readonly reason: 'nothingSent' | 'otherSize' | 'otherContent' | 'notStored';
    };

/**
 * A request by which a client sends a content to a node itself.
 *
 * @throws what a put would be refused with, as UNWANTED; UnverifiableKeyError; NodeUnavailableError.
 */
export async function offerUpload(
  store: ServedStore,
  item: PlacedItem,
  lifeSeconds: number,
): Promise<UploadOffer> {
  const { direct } = store;
  const { nodes, isHeld } = await direct.uploadNodes(item);
  // To say so acknowledges it, and what is missing then is remembered.
  if (isHeld && (await store.confirmPresent(item.key, item.associatedFile)).isStored) {
    return { kind: 'present' };
  }
  // What could not be judged in the end is not begun.
  if (namesItsContent(item.key)) makeVerifier(item.key, await loadNativeHasher());
  let reason: DirectRefusal = 'notS3';
  for (const node of nodes) {
    const access = node.direct;
    if (access === undefined) continue;
    const request = await direct.work.ask(node, () => access.offer(item.key, lifeSeconds));
    if (request.kind === 'request') return { kind: 'send', node: node.uuid, request };
    if (reason === 'notS3') ({ reason } = request);
  }
  return { kind: 'refused', reason };
}

/**
 * Judges what a client has sent to a node itself, and stores it.
 *
 * @throws what a put would be refused with; NodeUnavailableError.
 */
export async function checkUpload(
  store: ServedStore,
  item: PlacedItem,
  signal: AbortSignal,
): Promise<UploadChecked> {
  const found = await findSent(store, item.key);
  if (found.kind !== 'taken') {
    const { isStored, alsoIn } = await store.confirmPresent(item.key, item.associatedFile);
    if (isStored) return { kind: 'stored', nodes: alsoIn };
    return { kind: 'refused', reason: found.kind };
  }
  const { taken, node } = found;
  let outcome: Received['outcome'] | undefined;
  let isStored = false;
  try {
    const reply = await store.put({
      ...item,
      taken,
      judged: (judged) => {
        outcome = judged;
      },
      offsetBytes: 0,
      lengthBytes: contentSizeBytes(item.key) ?? 0,
      body: bodyOf(taken, node),
      signal,
    });
    ({ isStored } = reply);
    if (isStored) return { kind: 'stored', nodes: reply.alsoIn };
    return { kind: 'refused', reason: outcome === 'wrong' ? 'otherContent' : 'notStored' };
  } finally {
    const isOver = isStored || outcome === 'wrong';
    await leave(store, { taken, node, key: item.key }, isOver);
  }
}

type Found =
  | { readonly kind: 'taken'; readonly taken: TakenContent; readonly node: StorageNode }
  | { readonly kind: 'nothingSent' | 'otherSize' };

/** What was sent to the first node that something was sent to. One that cannot be asked may have it. */
async function findSent({ direct }: ServedStore, key: Key): Promise<Found> {
  const { work } = direct;
  let kind: 'nothingSent' | 'otherSize' = 'nothingSent';
  let failure: { readonly error: unknown } | undefined;
  for (const node of direct.nodes) {
    const access = node.direct;
    if (access === undefined || access.refusal !== undefined) continue;
    try {
      const found = await work.ask(node, () => access.take(key), {
        kind: 'change',
        limitMs: work.limits.nodeCommitMs,
        late: async (late) => {
          if (late.kind === 'taken') await late.leave('keep');
        },
      });
      if (found.kind === 'taken') return { kind: 'taken', taken: found, node };
      if (found.kind === 'otherSize') kind = 'otherSize';
    } catch (error) {
      work.tell(node, 'could not be asked for what was sent of', key, error);
      failure ??= { error };
    }
  }
  if (failure !== undefined) throw failure.error;
  return { kind };
}

async function* bodyOf(taken: TakenContent, { name }: StorageNode): AsyncGenerator<Uint8Array> {
  const stream = await taken.read();
  try {
    yield* stream;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new NodeUnavailableError(name, why, { cause: error });
  } finally {
    await stream.close();
  }
}

/** What cannot be removed now is removed as what was left; the content is stored, or is not, all the same. */
async function leave(
  { direct: { work } }: ServedStore,
  sent: { readonly taken: TakenContent; readonly node: StorageNode; readonly key: Key },
  isOver: boolean,
): Promise<void> {
  const { taken, node, key } = sent;
  try {
    await work.ask(node, () => taken.leave(isOver ? 'remove' : 'keep'), { kind: 'change' });
  } catch (error) {
    work.tell(node, 'keeps what was sent of', key, error);
  }
}

/**
 * A request by which a client reads a content from the node itself that would give it; `undefined` where it does not
 * give it so, or where it is not there.
 */
export async function offerDownload(
  { direct }: ServedStore,
  key: Key,
  reading: DirectReading,
): Promise<{ readonly node: Uuid; readonly request: DirectRequest } | undefined> {
  const found = await direct.first(key, async (node) => {
    const request = await node.direct?.read(key, reading);
    if (request !== undefined) return { node: node.uuid, request };
    return (await node.has(key)) ? 'here' : undefined;
  });
  return found === 'here' ? undefined : found;
}
