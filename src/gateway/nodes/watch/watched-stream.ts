import type { StorageNode, StoredContent } from '../../../nodes/index.ts';
import type { ByteStream } from '../../../stream/index.ts';
import { isErrorCode, type Uuid } from '../../../units/index.ts';
import type { GatewayLimits } from '../../limits.ts';
import type { NodeWatch } from './node-watch.ts';

/** How often nodes failed, by name, for those who look after them. */
export class NodeFailures {
  readonly counts: Map<string, number> = new Map<string, number>();

  /** A key that nobody can store or remove, or that somebody else is storing, is no fault of the node. */
  note(node: StorageNode, error: unknown): void {
    if (isErrorCode(error, 'KEY_NOT_STORABLE', 'DEPOSIT_BUSY', 'INSECURE_KEY', 'KEY_EXPORTED'))
      return;
    this.counts.set(node.name, (this.counts.get(node.name) ?? 0) + 1);
  }
}

/** What is known of nodes, and how long they may take. */
interface Watching {
  readonly limits: Pick<GatewayLimits, 'nodeStallMs'>;
  readonly watch: NodeWatch;
  readonly failures: NodeFailures;
}

/** A content of a node, and whose it is; its stream is watched. */
export function watchedContent<Content extends StoredContent>(
  node: StorageNode,
  content: Content,
  watching: Watching,
): Content & { readonly node: Uuid } {
  const stream = watchedStream(node, content.stream, watching);
  return { ...content, stream, node: node.uuid };
}

/**
 * A stream that fails when its node is found to hang, or gives nothing for `nodeStallMs`, so that
 * whoever reads it need not hang as well. How long a reader takes over a piece does not count.
 */
export function watchedStream(
  node: StorageNode,
  stream: ByteStream,
  { limits, watch, failures }: Watching,
): ByteStream {
  const limitMs = limits.nodeStallMs;
  /** Who hangs cannot be closed: that is left to itself. */
  let isWaiting = false;
  const inTrust = async <T>(asked: Promise<T>): Promise<T> => {
    isWaiting = true;
    const answered = (): void => {
      isWaiting = false;
    };
    asked.then(answered, answered);
    try {
      return await watch.answer(node, 'question', asked, { limitMs });
    } catch (error) {
      failures.note(node, error);
      throw error;
    }
  };
  const end = async (close: () => Promise<unknown>): Promise<void> => {
    const closed = close().catch(() => undefined); // no byte depends on it
    if (isWaiting) return;
    await watch.answer(node, 'question', closed, { limitMs }).catch(() => undefined);
  };
  const { pour } = stream;
  return {
    lengthBytes: stream.lengthBytes,
    async *[Symbol.asyncIterator]() {
      const pieces = stream[Symbol.asyncIterator]();
      try {
        for (;;) {
          const next = await inTrust(pieces.next());
          if (next.done === true) return;
          yield next.value;
        }
      } finally {
        await end(async () => await pieces.return?.());
      }
    },
    ...(pour && { pour: (take) => pourInTrust(pour, take, inTrust) }),
    close: () => end(() => stream.close()),
  };
}

type Pour = NonNullable<ByteStream['pour']>;

/** The time from one piece to the next is the node's, that within `take` is not. */
function pourInTrust(
  pour: Pour,
  take: Parameters<Pour>[0],
  inTrust: <T>(asked: Promise<T>) => Promise<T>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    let isTaking = false;
    let given: () => void = () => undefined;
    let failed: (error: unknown) => void = () => undefined;
    const expectMore = (): void => {
      const next = new Promise<void>((give, fail) => {
        given = give;
        failed = fail;
      });
      inTrust(next).catch((error: unknown) => {
        isOver = true;
        reject(error);
      });
    };
    expectMore();
    pour(async (piece) => {
      given();
      // Nobody reads it any more.
      if (isOver) return false;
      isTaking = true;
      const wantsMore = await take(piece);
      isTaking = false;
      expectMore();
      return wantsMore;
    }).then(
      () => {
        given();
        resolve();
      },
      (error: unknown) => {
        // That a piece could not be taken is no fault of the node.
        if (!isTaking) failed(error);
        reject(error);
      },
    );
  });
}
