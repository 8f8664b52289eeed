import assert from 'node:assert/strict';
import type { Key } from '../../../key/index.ts';
import {
  EarlyFlush,
  fsyncDirectory,
  openFlags,
  openObject,
  parentOf,
  SpaceGuard,
  type Disk,
  type OpenFile,
  type SpaceClaim,
} from '../../../repository/index.ts';
import { isErrorCode } from '../../../units/index.ts';
import type { ProbeKind } from '../../storage-node.ts';
import {
  blobBackend,
  type ExportDeposit,
  type ExportedFile,
  type ExportStore,
} from '../export/export-store.ts';
import { joinedPath, makeDirectories } from '../files/directories.ts';
import {
  beginUpload,
  clearUploads,
  type PlaceOfUpload,
  type UploadsPlace,
} from '../files/uploads.ts';
import type { FoundPiece, StoredPiece } from '../pieces/piece-store.ts';
import type { DirectoryPlace } from './directory-store.ts';

/**
 * `type=directory` with exporttree=yes (spec/special-remotes.md section 2.1): files are at their paths. They grow
 * below `.git/annex/tmp/`, where no file of a tree can be, and are then renamed.
 */
export class DirectoryExport implements ExportStore {
  readonly #directory: string;
  readonly #disk: Disk;
  readonly #uploads: UploadsPlace;
  readonly #space: SpaceGuard;

  constructor({ directory, disk, system, reserveBytes }: DirectoryPlace) {
    this.#directory = directory;
    this.#disk = disk;
    this.#uploads = { directory: `${directory}/.git/annex`, disk, system };
    this.#space = new SpaceGuard({ disk, path: Buffer.from(directory), reserveBytes });
  }

  async look(path: string): Promise<FoundPiece | undefined> {
    const { status } = await this.#find(path);
    if (status !== undefined) return { sizeBytes: Number(status.size) };
    await this.#assertThere();
    return undefined;
  }

  async isBlocked(path: string): Promise<boolean> {
    return (await this.#find(path)).isBlocked;
  }

  /**
   * The status of a file, links not followed: they are not of the tree, and lead anywhere. Below `.git/`, where
   * nothing of a tree is, whoever owns the directory may have linked to another disk.
   */
  async #find(
    path: string,
  ): Promise<{ readonly status?: FileStatus; readonly isBlocked: boolean }> {
    const isOwn = path.startsWith('.git/');
    try {
      for (const parent of isOwn ? [] : parentsOf(path)) {
        const above = await this.#disk.lookExactly(this.#at(parent));
        if (above === undefined) return { isBlocked: false };
        if (!above.isDirectory()) return { isBlocked: true };
      }
      const at = this.#at(path);
      const status = await (isOwn ? this.#disk.status(at) : this.#disk.lookExactly(at));
      if (status?.isFile() === true) return { status, isBlocked: false };
      return { isBlocked: status !== undefined };
    } catch (error) {
      if (isErrorCode(error, 'ENOTDIR')) return { isBlocked: true };
      if (isErrorCode(error, 'ENAMETOOLONG', 'ELOOP')) return { isBlocked: false };
      throw error;
    }
  }

  async get(path: string, key: Key, fromByte: number): Promise<StoredPiece | undefined> {
    const { status } = await this.#find(path);
    const found =
      status === undefined
        ? undefined
        : await openObject(key, { path: this.#at(path), disk: this.#disk }, { fromByte });
    if (found === undefined) {
      await this.#assertThere();
      return undefined;
    }
    const { sizeBytes } = found;
    return {
      sizeBytes,
      stream: {
        lengthBytes: Math.max(0, sizeBytes - fromByte),
        [Symbol.asyncIterator]: () => found.chunks[Symbol.asyncIterator](),
        close: () => found.close(),
      },
    };
  }

  async put({ key, sizeBytes }: ExportedFile): Promise<ExportDeposit> {
    await this.#assertThere();
    const claim = await this.#space.claim(key, sizeBytes ?? 0);
    try {
      await makeDirectories(
        uploadParents.map((path) => this.#at(path)),
        this.#disk,
      );
      const upload = await beginUpload(this.#uploads);
      try {
        const flags = openFlags.O_WRONLY | openFlags.O_CREAT | openFlags.O_EXCL;
        const grown = joinedPath(upload.directory, 'content');
        const file = await this.#disk.open(grown, flags, { mode: 0o600 });
        return new DirectoryExportDeposit({
          file,
          upload,
          claim,
          // As git-annex has them: only what is annexed is protected from being written to.
          mode: key.backend === blobBackend ? 0o600 : 0o444,
          move: (to) => this.#move(grown, to),
        });
      } catch (error) {
        await upload.end();
        throw error;
      }
    } catch (error) {
      claim.release();
      throw error;
    }
  }

  async remove(path: string): Promise<void> {
    // In an empty mount point nothing is there to be removed, which says nothing.
    await this.#assertThere();
    const { status, isBlocked } = await this.#find(path);
    if (isBlocked) return;
    if (status !== undefined) await this.#disk.remove(this.#at(path));
    await this.#clearParents(path);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#move(this.#at(from), to);
    await this.#clearParents(from);
  }

  async probe(kind: ProbeKind): Promise<void> {
    await this.#assertThere();
    if (kind === 'change') await this.#disk.probe(this.#directory, 'change');
  }

  async clear(): Promise<void> {
    await clearUploads(this.#uploads);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #at(path: string): Buffer {
    return joinedPath(this.#directory, path);
  }

  async #move(from: Buffer, to: string): Promise<void> {
    // What has become an empty mount point meanwhile would take the file, and show it no more.
    await this.#assertThere();
    if (await this.isBlocked(to)) throw new Error(`something else is in the way of ${to}`);
    const target = this.#at(to);
    for (let moves = 1; ; moves += 1) {
      await makeDirectories(
        parentsOf(to).map((path) => this.#at(path)),
        this.#disk,
      );
      try {
        await this.#disk.rename(from, target);
        break;
      } catch (error) {
        // The directories above it may go with another file, just now.
        if (moves === movesMax || !isErrorCode(error, 'ENOENT')) throw error;
      }
    }
    await fsyncDirectory(parentOf(target), this.#disk);
  }

  /** Removes the directories above a path that are empty, from the innermost on. */
  async #clearParents(path: string): Promise<void> {
    for (const parent of parentsOf(path).reverse()) {
      if (await this.#isRemoved(parent)) continue;
      try {
        return await fsyncDirectory(this.#at(parent), this.#disk);
      } catch (error) {
        if (!isErrorCode(error, 'ENOENT', 'ENOTDIR')) throw error;
      }
    }
    await fsyncDirectory(Buffer.from(this.#directory), this.#disk);
  }

  /** Removes a directory that is empty; whether there is none now. */
  async #isRemoved(path: string): Promise<boolean> {
    if (uploadParents.includes(path)) return false;
    try {
      await this.#disk.removeDirectory(this.#at(path));
    } catch (error) {
      if (isErrorCode(error, 'ENOENT')) return true;
      if (isErrorCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) return false;
      throw error;
    }
    return true;
  }

  /** @throws Error where the directory is gone, as when its disk is not mounted. */
  async #assertThere(): Promise<void> {
    const status = await this.#disk.status(this.#directory);
    if (status?.isDirectory() === true) return;
    throw new Error(`directory ${this.#directory} is not accessible`);
  }
}

type FileStatus = NonNullable<Awaited<ReturnType<Disk['lookExactly']>>>;

/** Where uploads are begun: these stay when they are empty, as another upload may be about to begin. */
const uploadParents: readonly string[] = ['.git', '.git/annex'];

/** How often directories are made for a file while others remove them. */
const movesMax = 10;

/** The directories that a path is in, outermost first. */
function parentsOf(path: string): string[] {
  const names = path.split('/');
  return names.slice(1).map((_, at) => names.slice(0, at + 1).join('/'));
}

/** A file that grows beside the exported tree. */
class DirectoryExportDeposit implements ExportDeposit {
  readonly #parts: {
    readonly file: OpenFile;
    readonly upload: PlaceOfUpload;
    readonly claim: SpaceClaim;
    readonly mode: number;
    readonly move: (to: string) => Promise<void>;
  };
  readonly #flushed: EarlyFlush;
  #position = 0;
  #isOver = false;

  constructor(parts: {
    readonly file: OpenFile;
    readonly upload: PlaceOfUpload;
    readonly claim: SpaceClaim;
    /** Of the file when it is whole. */
    readonly mode: number;
    /** Puts it where it belongs, durably. */
    readonly move: (to: string) => Promise<void>;
  }) {
    this.#parts = parts;
    this.#flushed = new EarlyFlush(parts.file);
  }

  async write(bytes: Uint8Array): Promise<void> {
    assert(!this.#isOver, 'the deposit is over');
    await this.#parts.file.writeAll(bytes, this.#position);
    this.#position += bytes.length;
    this.#parts.claim.fulfil(bytes.length);
    this.#flushed.wrote(bytes.length);
  }

  async commit(path: string): Promise<void> {
    assert(!this.#isOver, 'the deposit is over');
    const { file, mode, move } = this.#parts;
    await this.#flushed.ended();
    await file.setMode(mode);
    await file.sync();
    await move(path);
    await this.#end();
  }

  async abandon(): Promise<void> {
    if (!this.#isOver) await this.#end();
  }

  async #end(): Promise<void> {
    this.#isOver = true;
    this.#parts.claim.release();
    await this.#flushed.ended().catch(() => undefined);
    await this.#parts.file.close();
    await this.#parts.upload.end();
  }
}
