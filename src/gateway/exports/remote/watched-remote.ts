import type { Key } from '../../../key/index.ts';
import type { ExportDeposit, ExportStore, StorageNode } from '../../../nodes/index.ts';
import type { NodeWork } from '../../nodes/node-work.ts';
import { watchedContent, watchedStream } from '../../nodes/watch/watched-stream.ts';
import type { ExportSource } from './export-remote.ts';
import { Unended } from '../unended.ts';

/** A node as a source of contents, asked within the time that a node may take. */
export function watchedSource(node: StorageNode, work: NodeWork): ExportSource {
  return {
    get: async (key) => {
      const content = await work.ask(node, () => node.get(key, 0), {
        late: async (late) => await late?.stream.close(),
      });
      return content && watchedContent(node, content, work);
    },
  };
}

/**
 * A remote that trees are exported to, asked as every node is: within a time, and not at all while it is known not to
 * answer. A change that takes longer than it is waited for may still be done at any later moment, so the turn that
 * it is in lasts until it has ended, and `ended` tells when the next export may begin.
 */
export class WatchedRemote {
  readonly node: StorageNode;
  readonly store: ExportStore;
  readonly #work: NodeWork;
  /** Changes, and acts of a turn, that were begun and have not ended. */
  readonly #changes = new Unended();
  readonly #acts = new Unended();

  constructor(node: StorageNode, store: ExportStore, work: NodeWork) {
    this.node = node;
    this.#work = work;
    this.store = this.#watched(store);
  }

  /** Whether nothing that was begun is under way. */
  get isIdle(): boolean {
    return this.#changes.isNone && this.#acts.isNone;
  }

  /** Resolves when nothing that was begun is under way. */
  async ended(): Promise<void> {
    while (!this.isIdle) await Promise.all([this.#changes.ended(), this.#acts.ended()]);
  }

  /** Why nothing is asked of it now; `undefined` while it answers. */
  silent(): Error | undefined {
    return this.#work.watch.suspected(this.node, 'change');
  }

  /**
   * Runs an act on a key when all earlier ones have ended. One whose turn comes when nobody waits for it any more is
   * not begun.
   */
  async inTurn<T>(key: Key, act: () => Promise<T>): Promise<T> {
    let isGivenUp = false;
    const begun = (): Promise<{ readonly done: Promise<T> }> =>
      new Promise((begin, failed) => {
        const turn = async (): Promise<void> => {
          if (isGivenUp) throw new Error('nobody waits for this turn any more');
          const done = act();
          begin({ done });
          await this.#acts.add(this.#whole(done));
        };
        this.#work.inTurn(this.node, key, turn).catch(failed);
      });
    const { nodeCommitMs: limitMs } = this.#work.limits;
    try {
      const { done } = await this.#work.ask(this.node, begun, { kind: 'change', limitMs });
      return await done;
    } finally {
      isGivenUp = true;
    }
  }

  /** Resolves when an act has ended, and all changes that it has begun. */
  async #whole(done: Promise<unknown>): Promise<void> {
    await Promise.allSettled([done]);
    await this.#changes.theseEnded();
  }

  /** A change that is not begun while the remote does not answer. */
  #change(act: () => Promise<void>): Promise<void> {
    const { nodeCommitMs: limitMs } = this.#work.limits;
    const begun = (): Promise<void> => this.#changes.add(act());
    return this.#work.ask(this.node, begun, { kind: 'change', limitMs });
  }

  #watched(store: ExportStore): ExportStore {
    const work = this.#work;
    const { node } = this;
    return {
      look: (path, key) => work.ask(node, () => store.look(path, key)),
      isBlocked: (path) => work.ask(node, async () => (await store.isBlocked?.(path)) ?? false),
      get: async (path, key, fromByte) => {
        const got = await work.ask(node, () => store.get(path, key, fromByte), {
          late: async (late) => await late?.stream.close(),
        });
        return got && { ...got, stream: watchedStream(node, got.stream, work) };
      },
      put: async (file) => {
        const deposit = await work.ask(node, () => store.put(file), {
          kind: 'change',
          late: (late) => late.abandon(),
        });
        return this.#watchedDeposit(deposit);
      },
      remove: (path, key) => this.#change(() => store.remove(path, key)),
      rename: (from, to, key) => this.#change(() => store.rename(from, to, key)),
      removeDirectory: async (path) => {
        if (store.removeDirectory === undefined) return;
        await this.#change(async () => await store.removeDirectory?.(path));
      },
      probe: (kind) => store.probe(kind),
      clear: async () => await store.clear?.(),
      close: () => store.close(),
    };
  }

  #watchedDeposit(deposit: ExportDeposit): ExportDeposit {
    const { watch, limits } = this.#work;
    /** The step under way, which may be given up, and is not to be cleared under its feet. */
    let last: Promise<unknown> = Promise.resolve();
    const step = (act: Promise<void>): Promise<void> => {
      last = act;
      return act;
    };
    return {
      write: (bytes) =>
        watch.answer(this.node, 'change', step(deposit.write(bytes)), {
          limitMs: limits.nodeStallMs,
        }),
      commit: (path) => this.#change(() => step(deposit.commit(path))),
      abandon: async () => {
        const cleared = last.catch(() => undefined).then(() => deposit.abandon());
        // What led to it is told; what is left over is cleared when the remote is opened again.
        await watch
          .answer(this.node, 'change', cleared, { limitMs: limits.nodeAnswerMs })
          .catch(() => undefined);
      },
    };
  }
}
