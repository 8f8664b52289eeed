import {
  makeEquivalentVerifier,
  namesItsContent,
  type Key,
  type Verifier,
} from '../../../key/index.ts';
import type { ByteStream } from '../../../stream/index.ts';
import { isErrorCode } from '../../../units/index.ts';
import { loadNativeHasher } from '../../native-hasher.ts';
import type { StoredContent } from '../../storage-node.ts';
import { partAt, partsOf, placeOf, type Cut } from '../pieces/chunks.ts';
import type { SealedPieces } from './sealed-pieces.ts';
import { verified } from './verified.ts';

/** Parts that are asked for at once. */
const asksMax = 16;

/** Of a content of more parts than this, those in the middle are not asked for before it is read. */
const asksPerContentMax = 256;

/** What reading has found out. */
export interface Tell {
  /** A part that is no part of the content, as it has another size. */
  otherSize(key: Key): void;
}

/** The keys that are recorded as equivalent to one (VURL, spec/special-remotes.md section 6.4). */
export type Equivalents = (key: Key) => Promise<readonly Key[]>;

/** Reads contents of which a special remote has all parts. */
export class ContentReader {
  readonly #pieces: SealedPieces;
  readonly #tell: Tell;
  readonly #equivalents: Equivalents;

  /** @param equivalents any of which a content may match that its key says nothing of. */
  constructor(pieces: SealedPieces, tell: Tell, equivalents: Equivalents) {
    this.#pieces = pieces;
    this.#tell = tell;
    this.#equivalents = equivalents;
  }

  /** Whether all parts of a content are there. */
  async hasAll(key: Key, cut: Cut): Promise<boolean> {
    return (await this.countFirst(key, cut)) === partsOf(cut);
  }

  /** How many parts are there, from the first one on: those behind one that lacks do not count. */
  async countFirst(key: Key, cut: Cut): Promise<number> {
    const count = partsOf(cut);
    for (let place = 0; place < count; place += asksMax) {
      const places = Array.from(
        { length: Math.min(asksMax, count - place) },
        (_, at) => place + at,
      );
      // Most of what is not there lacks its first part.
      const first = place === 0 ? places.slice(0, 1) : places;
      const rest = places.slice(first.length);
      for (const asked of [first, rest]) {
        const found = await Promise.all(asked.map((at) => this.#isThere(key, cut, at)));
        const lacking = found.indexOf(false);
        if (lacking >= 0) return (asked[0] ?? place) + lacking;
      }
    }
    return count;
  }

  /** Whether a content can be read: its parts are there, or the first and last of very many. */
  async #isReadable(key: Key, cut: Cut): Promise<boolean> {
    const count = partsOf(cut);
    if (count <= asksPerContentMax) return await this.hasAll(key, cut);
    for (const place of [0, count - 1]) if (!(await this.#isThere(key, cut, place))) return false;
    return true;
  }

  async #isThere(key: Key, cut: Cut, place: number): Promise<boolean> {
    const look = await this.#pieces.look(partAt(key, cut, place));
    if (look === 'otherSize') this.#tell.otherSize(key);
    return look === 'there';
  }

  /**
   * A content from a byte on, of the first of some cuts that has it; `undefined` when none has. Read from its
   * beginning, it is judged on the way, if the key or what is recorded as equivalent to it can be judged by.
   * @param from.wrong what is thrown for bytes that are not the content.
   */
  async open(
    key: Key,
    cuts: readonly Cut[],
    from: { readonly fromByte: number; readonly wrong: (how: string) => Error },
  ): Promise<StoredContent | undefined> {
    const { fromByte, wrong } = from;
    for (const [at, cut] of cuts.entries()) {
      const opened = await this.#openCut(key, cut, fromByte);
      if (opened === undefined) continue;
      const left = cuts.slice(at);
      const stream = this.read(key, left, { byte: fromByte, opened: opened.stream });
      try {
        const sizeBytes = opened.sizeBytes ?? (await this.#countBytes(key, left));
        const lengthBytes = Math.max(0, sizeBytes - fromByte);
        const verifier = fromByte === 0 ? await this.#verifierOf(key) : undefined;
        const judged = verified(stream, { lengthBytes, verifier, wrong });
        return { sizeBytes, stream: judged, isJudged: verifier !== undefined };
      } catch (error) {
        await stream.close();
        throw error;
      }
    }
    return undefined;
  }

  /** A whole is opened at once, which tells whether it is there; of chunks, their first may be there alone. */
  async #openCut(
    key: Key,
    cut: Cut,
    fromByte: number,
  ): Promise<{ readonly sizeBytes: number | undefined; readonly stream?: ByteStream } | undefined> {
    const sizeBytes = key.sizeBytes === undefined ? undefined : Number(key.sizeBytes);
    if (cut.kind === 'chunks')
      return (await this.#isReadable(key, cut)) ? { sizeBytes } : undefined;
    const got = await this.#pieces.get(partAt(key, cut, 0), fromByte);
    if (got === undefined) return undefined;
    if (got.sizeBytes === undefined || sizeBytes === undefined || got.sizeBytes === sizeBytes) {
      return { sizeBytes: sizeBytes ?? got.sizeBytes, stream: got.stream };
    }
    await got.stream.close();
    this.#tell.otherSize(key);
    return undefined;
  }

  /** What judges a content; `undefined` for one that nothing is said of, or nothing that is known here. */
  async #verifierOf(key: Key): Promise<Verifier | undefined> {
    const equivalents = await this.#equivalents(key);
    if (!namesItsContent(key) && equivalents.length === 0) return undefined;
    try {
      return makeEquivalentVerifier(key, equivalents, await loadNativeHasher());
    } catch (error) {
      if (isErrorCode(error, 'UNVERIFIABLE_KEY')) return undefined;
      throw error;
    }
  }

  /** Where neither the key nor the place tells the size, as of what is encrypted, it is read for it. */
  async #countBytes(key: Key, cuts: readonly Cut[]): Promise<number> {
    let bytes = 0;
    const stream = this.read(key, cuts, { byte: 0, opened: undefined });
    for await (const piece of stream) bytes += piece.length;
    return bytes;
  }

  /**
   * Reads what is there of a content to its end and has it kept, unless it is what it should be.
   *
   * @returns where it is kept; `right` of a content that is not wrong, `absent` where a part of it lacks.
   * @throws what reading or keeping does: then nothing is known of it.
   */
  async keepWrong(
    key: Key,
    cuts: readonly Cut[],
    keep: (bytes: AsyncIterable<Uint8Array>) => Promise<string>,
  ): Promise<{ readonly where: string } | 'right' | 'absent'> {
    const verifier = await this.#verifierOf(key);
    const stream = this.read(key, cuts, { byte: 0, opened: undefined });
    async function* bytes(): AsyncGenerator<Uint8Array> {
      try {
        for await (const piece of stream) {
          verifier?.update(piece);
          yield piece;
        }
      } catch (error) {
        if (error instanceof WrongPart && error.isThere) return;
        throw error;
      }
      if (verifier?.matches() !== false) throw new NotWrong();
    }
    try {
      return { where: await keep(bytes()) };
    } catch (error) {
      if (error instanceof NotWrong) return 'right';
      if (error instanceof WrongPart) return 'absent';
      throw error;
    } finally {
      await stream.close();
    }
  }

  /**
   * The bytes from one on, of the first of some cuts; where a part of it lacks or breaks off, of the next.
   * Throws when no cut goes on.
   */
  read(key: Key, cuts: readonly Cut[], from: ReadFrom): ByteStream {
    let current = from.opened;
    let isClosed = false;
    const pieces = this.#pieces;
    const open = async (cut: Cut, place: number, position: number): Promise<ByteStream> => {
      const part = partAt(key, cut, place);
      const got = await pieces.get(part, position - part.fromByte);
      if (got === undefined)
        throw new WrongPart(`part ${place + 1} of ${partsOf(cut)} is not there`);
      current = got.stream;
      if (isClosed) await current.close();
      return current;
    };
    async function* bytes(): AsyncGenerator<Uint8Array> {
      let position = from.byte;
      let failure: unknown;
      let opened = from.opened;
      for (const cut of cuts) {
        try {
          for (let place = placeOf(cut, position); place < partsOf(cut); place += 1) {
            const stream = opened ?? (await open(cut, place, position));
            opened = undefined;
            try {
              for await (const piece of stream) {
                position += piece.length;
                yield piece;
              }
            } finally {
              await stream.close();
            }
            const { fromByte, lengthBytes } = partAt(key, cut, place);
            if (
              lengthBytes !== undefined &&
              position !== Math.max(from.byte, fromByte + lengthBytes)
            ) {
              throw new WrongPart(`part ${place + 1} of ${partsOf(cut)} has not its size`, 'there');
            }
          }
          return;
        } catch (error) {
          if (isClosed) throw error;
          failure = telling(failure, error);
        }
      }
      throw failure;
    }
    return {
      lengthBytes: undefined,
      [Symbol.asyncIterator]: bytes,
      close: async () => {
        isClosed = true;
        await current?.close();
      },
    };
  }
}

/** A part is not there, or has not its size: the place has been asked, and this is its answer. */
class WrongPart extends Error {
  readonly isThere: boolean;

  constructor(message: string, where: 'there' | 'nowhere' = 'nowhere') {
    super(message);
    this.isThere = where === 'there';
  }
}

/** Of two failures at one content, that which says more: that nothing is known, else that something is there. */
function telling(before: unknown, now: unknown): unknown {
  if (before === undefined) return now;
  if (!(before instanceof WrongPart) || !(now instanceof WrongPart)) {
    return before instanceof WrongPart ? now : before;
  }
  return before.isThere ? before : now;
}

/** What was to be kept since it is wrong is what it should be. */
class NotWrong extends Error {}

/** Where reading begins. */
export interface ReadFrom {
  readonly byte: number;
  /** What has been opened there already, of the first cut. */
  readonly opened: ByteStream | undefined;
}
