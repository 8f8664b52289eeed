import { keyFile, type Key } from '../../../key/index.ts';
import type { Disk } from '../../../repository/index.ts';
import { decodeText, type Uuid } from '../../../units/index.ts';
import { joinedPath } from './directories.ts';
import type { HeldPiece } from './held-piece.ts';
import type { PassingDirectory, PassingFile } from './passing-file.ts';
import type { PassingSpace } from './passing-space.ts';
import type { PiecePutOptions } from '../pieces/piece-store.ts';

/**
 * Files that pieces of one remote pass through on their way to a program or from it, since it takes nothing else: each
 * in a directory of its own below `annex/ballast/TYPE-UUID/tmp/` of the gateway, and there for one transfer.
 */
export class PassingFiles {
  readonly disk: Disk;
  readonly #space: PassingSpace;
  readonly #name: string;

  constructor(type: 'rsync' | 'external', remote: Uuid, space: PassingSpace) {
    this.disk = space.disk;
    this.#space = space;
    this.#name = `${type}-${remote}`;
  }

  /** An empty directory. */
  async directory(): Promise<PassingDirectory> {
    return await this.#space.directory(this.#name);
  }

  /**
   * An empty directory for the file of a piece.
   *
   * @param expectedBytes what the file will have; `undefined` where that shows at the end.
   * @throws NOT_ENOUGH_SPACE
   */
  async begin(piece: Key, expectedBytes: number | undefined): Promise<PassingFile> {
    return await this.#space.begin(this.#name, piece, expectedBytes);
  }

  /**
   * The file of a piece that is to be stored; below `annex/ballast/shared/tmp/`, and the same for all remotes, where it
   * has a source.
   *
   * @throws NOT_ENOUGH_SPACE
   */
  async grow(piece: Key, { sizeBytes, source }: PiecePutOptions): Promise<HeldPiece> {
    return await this.#space.grow(this.#name, piece, { sizeBytes, source });
  }

  /** The path of a piece's file in its directory. */
  pathOf(piece: Key, { path }: PassingDirectory): string {
    return decodeText(joinedPath(path, keyFile(piece)));
  }

  /** @throws NOT_ENOUGH_SPACE when what has grown without a claim leaves too little. */
  async assertRoom(piece: Key): Promise<void> {
    await this.#space.assertRoom(piece);
  }

  /** Clears what transfers of ended processes left. */
  async clear(): Promise<void> {
    await this.#space.clear(this.#name);
  }
}
