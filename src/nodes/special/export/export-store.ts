import type { Key } from '../../../key/index.ts';
import type { ProbeKind } from '../../storage-node.ts';
import type { FoundPiece, StoredPiece } from '../pieces/piece-store.ts';

/**
 * Where a special remote with exporttree=yes keeps files, each by its path from the top of the remote: those of a
 * tree that was exported, and below `.git/annex/objects/` what is in no such tree (spec/special-remotes.md
 * section 2.1). Paths are as `isExportPath` has them.
 *
 * Each call rejects when the place cannot be asked, which is no absence. The key that it has is that of the content
 * which is looked for, or meant: errors name a file by it, and programs are told it.
 */
export interface ExportStore {
  /** What is known of a file; `undefined` when there is none. */
  look(path: string, key: Key): Promise<FoundPiece | undefined>;
  /**
   * Whether something that is no file of a tree keeps a path from being one: a directory or a link there, or a file
   * or a link where a directory above it would be. Absent where nothing can.
   */
  isBlocked?(path: string): Promise<boolean>;
  /**
   * A file from a byte on; `undefined` when there is none. From its end or beyond it is empty.
   */
  get(path: string, key: Key, fromByte: number): Promise<StoredPiece | undefined>;
  /** Begins to store a file. */
  put(file: ExportedFile): Promise<ExportDeposit>;
  /** Removes a file, if it is there, and the directories that are empty then (but see `removeDirectory`). Durable. */
  remove(path: string, key: Key): Promise<void>;
  /** Gives a file another path, in the place of what was there. Durable. */
  rename(from: string, to: string, key: Key): Promise<void>;
  /**
   * Removes a directory of which no file of a tree is left, if it is there, by one who has the lock of the export.
   * Absent where `remove` and `rename` do that.
   */
  removeDirectory?(path: string): Promise<void>;
  /** Resolves when the place answers, or takes changes. */
  probe(kind: ProbeKind): Promise<void>;
  /** Clears what uploads of ended processes left. Absent where nothing can be left. */
  clear?(): Promise<void>;
  /** Ends what it has open. Harmless more than once. */
  close(): Promise<void>;
}

/** A file that is to be stored. */
export interface ExportedFile {
  /** The key of its content; for a file that is not annexed that of its blob, of the backend GIT. */
  readonly key: Key;
  /** `undefined` when that shows at the end. */
  readonly sizeBytes: number | undefined;
  /** What its bytes come from, as that of a piece (`pieces/piece-store`). Default: nothing is shared. */
  readonly source?: object | undefined;
}

/** A file on its way, which shows nowhere before `commit`. */
export interface ExportDeposit {
  /** Takes the next bytes, which may be reused when it settles. */
  write(bytes: Uint8Array): Promise<void>;
  /** Makes what was written the file at a path, durably, in the place of what was there. */
  commit(path: string): Promise<void>;
  /** Gives up: nothing of it is left. Harmless more than once, and after `commit`. */
  abandon(): Promise<void>;
}

/** Where the exported trees of a remote have the content of a key. */
export interface ExportPlaces {
  /**
   * Its paths, in the order in which they are looked at; none for a key that is in no exported tree.
   *
   * @throws when what was exported cannot be read.
   */
  of(key: Key): Promise<readonly string[]>;
}

/** The backend of the keys by which git-annex exports files that are not annexed. */
export const blobBackend = 'GIT';

/** The key of a file that is not annexed, by the SHA of its blob. */
export function blobKey(sha: string): Key {
  const none = { mtime: undefined, chunkSizeBytes: undefined, chunkNumber: undefined };
  return { backend: blobBackend, name: sha, sizeBytes: undefined, ...none };
}
