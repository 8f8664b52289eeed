import { serializeKey, type Key } from '../../../key/index.ts';
import { BallastError, type Uuid } from '../../../units/index.ts';
import { NodeUnavailableError } from '../../errors.ts';
import { clockSeconds } from '../../local-repository.ts';
import type {
  ContentLock,
  Deposit,
  ProbeKind,
  PutOptions,
  CopyQuarantine,
  Removal,
  RemoveOptions,
  StorageNode,
  StoredContent,
  WrongContent,
} from '../../storage-node.ts';
import { cutsToRead, cutToStore, partAt, partsOf, type Cut } from '../pieces/chunks.ts';
import type { ExportStore } from '../export/export-store.ts';
import { ContentReader } from './content-reader.ts';
import { DirectContents } from './direct-contents.ts';
import { PausedPieces } from './paused-pieces.ts';
import { SpecialDeposit } from './special-deposit.ts';
import type { SpecialNodeParts } from './special-node-parts.ts';

/**
 * A special remote as a node: contents in the places, under the names and in the form in which git-annex
 * keeps them there (spec/special-remotes.md), so that real git-annex uses the same remote directly. It keeps
 * no locks, and its clock is the gateway's.
 */
export class SpecialNode implements StorageNode {
  readonly uuid: Uuid;
  readonly name: string;
  readonly cost: number;
  readonly readOnly: string | undefined;
  /** Where the files of exported trees are; `undefined` for a remote that no trees are exported to. */
  readonly exported: ExportStore | undefined;
  readonly direct: DirectContents;
  readonly keepsNoLocks = true;
  readonly #parts: SpecialNodeParts;
  readonly #reader: ContentReader;
  readonly #pauses: PausedPieces;
  /** Uploads under way, one for a key. */
  readonly #running = new Map<string, SpecialDeposit>();
  /** How often each key that is being uploaded was removed since. */
  readonly #removals = new Map<string, number>();

  constructor(parts: SpecialNodeParts) {
    this.uuid = parts.uuid;
    this.name = parts.name;
    this.cost = parts.cost;
    this.readOnly = parts.readOnly;
    this.exported = parts.exported;
    this.#parts = parts;
    this.direct = new DirectContents(parts, (question) => this.#asked(question));
    this.#pauses = new PausedPieces(parts.system.clock);
    this.#reader = new ContentReader(parts.pieces, parts.tell, parts.equivalents);
  }

  async has(key: Key): Promise<boolean> {
    return await this.#asked(async () => (await this.#cutThere(key)) !== undefined);
  }

  /** The first cut of which all parts are there. */
  async #cutThere(key: Key): Promise<Cut | undefined> {
    for (const cut of await this.#cutsOf(key)) {
      if (await this.#reader.hasAll(key, cut)) return cut;
    }
    return undefined;
  }

  async #cutsOf(key: Key): Promise<readonly Cut[]> {
    const { chunkBytes, chunkLog } = this.#parts;
    return cutsToRead(key, chunkBytes, await chunkLog.read(key));
  }

  async get(key: Key, fromByte: number): Promise<StoredContent | undefined> {
    return await this.#asked(async () => {
      const wrong = (how: string): Error => {
        this.#parts.tell.wrongContent(key, how);
        const what = `what it has of ${serializeKey(key)} ${how}`;
        return new NodeUnavailableError(this.name, what, { code: 'WRONG_CONTENT' });
      };
      return await this.#reader.open(key, await this.#cutsOf(key), { fromByte, wrong });
    });
  }

  async offsetBytes(key: Key): Promise<number> {
    return await this.#asked(async () => {
      const cut = cutToStore(key, this.#parts.chunkBytes);
      if (cut.kind === 'whole') {
        // A client that was cut off may be back before that is noticed: then it waits for its turn.
        const running = this.#running.get(serializeKey(key));
        return running?.keptBytes ?? this.#pauses.offsetBytes(key);
      }
      const count = await this.#partsKept(key, cut);
      return count === 0 ? 0 : partAt(key, cut, count).fromByte;
    });
  }

  /** Parts that an upload need not send again; of a whole there are none, and the last one is always sent. */
  async #partsKept(key: Key, cut: Cut): Promise<number> {
    if (cut.kind === 'whole') return 0;
    return Math.min(await this.#reader.countFirst(key, cut), partsOf(cut) - 1);
  }

  async put(key: Key, options: PutOptions): Promise<Deposit | 'present'> {
    // What a place says that nothing can be sent to is no answer to an upload.
    this.#assertWritable();
    const leave = await this.#parts.turns.take(serializeKey(key), options);
    try {
      if (await this.has(key)) {
        leave();
        return 'present';
      }
      const taken = this.direct.own(options.taken);
      return await this.#asked(() => this.#deposit(key, { taken, source: options.source }, leave));
    } catch (error) {
      leave();
      throw error;
    }
  }

  #assertWritable(): void {
    const { readOnly } = this;
    if (readOnly === undefined) return;
    throw new NodeUnavailableError(
      this.name,
      `nothing is stored there or removed, as it ${readOnly}`,
    );
  }

  async #deposit(
    key: Key,
    { taken, source }: { readonly taken: object | undefined; readonly source: object | undefined },
    leave: () => void,
  ): Promise<Deposit> {
    const { pieces, chunkBytes, chunkLog, tell } = this.#parts;
    const name = serializeKey(key);
    const cut = cutToStore(key, chunkBytes);
    const partsThere = await this.#partsKept(key, cut);
    this.#removals.set(name, 0);
    const deposit = new SpecialDeposit({
      key,
      cut,
      pieces,
      taken,
      source,
      pauses: cut.kind === 'whole' && pieces.canPause ? this.#pauses : undefined,
      partsThere,
      readBack: ({ fromByte, untilByte }) => this.#readBack(key, cut, { fromByte, untilByte }),
      mayEnd: async () => {
        const isLost = this.#removals.get(name) !== 0 || !(await this.#hasAllBut(key, cut));
        if (!isLost) return;
        throw new NodeUnavailableError(
          this.name,
          `parts of ${name} were removed while it was uploaded`,
        );
      },
      stored: async () => {
        if (cut.kind === 'chunks') await chunkLog.write(key, [cut]);
        tell.settled(key);
      },
      over: () => {
        this.#removals.delete(name);
        this.#running.delete(name);
        leave();
      },
    });
    this.#running.set(name, deposit);
    return deposit;
  }

  /** Whether all parts are there but the last, which is about to come. */
  async #hasAllBut(key: Key, cut: Cut): Promise<boolean> {
    return (await this.#reader.countFirst(key, cut)) >= partsOf(cut) - 1;
  }

  async *#readBack(
    key: Key,
    cut: Cut,
    { fromByte, untilByte }: { readonly fromByte: number; readonly untilByte: number },
  ): AsyncGenerator<Uint8Array> {
    let left = untilByte - fromByte;
    if (left <= 0) return;
    const stream = this.#reader.read(key, [cut], { byte: fromByte, opened: undefined });
    try {
      for await (const piece of stream) {
        yield piece.subarray(0, left);
        left -= piece.length;
        if (left <= 0) return;
      }
    } finally {
      await stream.close();
    }
  }

  async remove(key: Key, { beforeSeconds, signal }: RemoveOptions): Promise<Removal> {
    if (this.readOnly !== undefined && !(await this.has(key))) return 'absent';
    this.#assertWritable();
    return await this.#asked(async () => {
      const { chunkBytes, chunkLog, system } = this.#parts;
      const logged = await chunkLog.read(key);
      const wasThere = (await this.#cutThere(key)) !== undefined;
      const name = serializeKey(key);
      const removals = this.#removals.get(name);
      const isLate =
        signal.aborted || (beforeSeconds !== undefined && clockSeconds(system) >= beforeSeconds);
      if (isLate) return wasThere ? 'late' : 'absent';
      // What an upload has brought so far is no content, and it goes on.
      if (!wasThere && removals !== undefined) return 'absent';
      if (removals !== undefined) this.#removals.set(name, removals + 1);
      for (const cut of cutsToRead(key, chunkBytes, logged)) {
        const isLogged =
          cut.kind === 'whole' || logged.some((one) => one.chunkBytes === cut.chunkBytes);
        await this.#removeParts(key, cut, isLogged);
      }
      const gone = logged.map(({ chunkBytes }) => ({ chunkBytes, count: 0n }));
      if (gone.length > 0) await chunkLog.write(key, gone);
      this.#parts.tell.settled(key);
      return wasThere ? 'removed' : 'absent';
    });
  }

  /**
   * From the first part on: from then on, what is left is no content. Of chunks that no log has only those are
   * there that a broken upload left, and these go from the last one on, so that none is left unseen.
   */
  async #removeParts(key: Key, cut: Cut, isLogged: boolean): Promise<void> {
    const { pieces } = this.#parts;
    const count = isLogged ? partsOf(cut) : await this.#reader.countFirst(key, cut);
    const places = Array.from({ length: count }, (_, place) => place);
    for (const place of isLogged ? places : places.reverse()) {
      await pieces.remove(partAt(key, cut, place));
    }
  }

  /** Read once more, so that what is removed has been seen to be wrong twice, and is kept elsewhere. */
  async quarantine(key: Key, { keep }: WrongContent): Promise<CopyQuarantine> {
    this.#assertWritable();
    return await this.#asked(async () => {
      const kept = await this.#reader.keepWrong(key, await this.#cutsOf(key), keep);
      if (kept === 'absent') return { outcome: 'absent' };
      if (kept === 'right') return { outcome: 'other' };
      await this.remove(key, { signal: new AbortController().signal });
      return { outcome: 'moved', where: kept.where };
    });
  }

  /** What a crash may have left unsaid is which chunks are there. */
  async settle(key: Key): Promise<boolean> {
    return await this.#asked(async () => {
      const { chunkLog } = this.#parts;
      const cut = await this.#cutThere(key);
      if (cut?.kind === 'chunks') await chunkLog.write(key, [cut]);
      return cut !== undefined;
    });
  }

  lock(): Promise<ContentLock | undefined> {
    return Promise.resolve(undefined);
  }

  clockSeconds(): Promise<number> {
    return Promise.resolve(clockSeconds(this.#parts.system));
  }

  async probe(kind: ProbeKind): Promise<void> {
    await this.#asked(() => this.#parts.store.probe(kind));
  }

  /** Clears what uploads of ended processes left. */
  async clear(): Promise<void> {
    await this.#asked(async () => await this.#parts.store.clear?.());
  }

  /** Ends what is open. */
  async close(): Promise<void> {
    await this.#pauses.close();
    await this.#parts.store.close();
  }

  /** What a place could not answer is not known, which is another thing than not there. */
  async #asked<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      if (error instanceof BallastError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new NodeUnavailableError(this.name, why, { cause: error });
    }
  }
}

/** Where the files of trees are that are exported to a node; `undefined` for one that none are exported to. */
export function exportStoreOf(node: StorageNode): ExportStore | undefined {
  return node instanceof SpecialNode ? node.exported : undefined;
}
