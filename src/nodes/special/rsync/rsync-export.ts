import type { Key } from '../../../key/index.ts';
import { encodeText } from '../../../units/index.ts';
import type { ProbeKind } from '../../storage-node.ts';
import {
  blobBackend,
  type ExportDeposit,
  type ExportedFile,
  type ExportStore,
} from '../export/export-store.ts';
import { joinedPath } from '../files/directories.ts';
import type { FoundPiece, StoredPiece } from '../pieces/piece-store.ts';
import { fetchedFile, type FetchParts } from './fetched-stream.ts';
import { Lookups } from './lookups.ts';
import { RsyncDeposit } from './rsync-deposit.ts';
import type { RsyncChild } from './rsync-child.ts';
import { makeDirectoriesAbove, makeScratchFile } from './scratch.ts';

/**
 * `type=rsync` with exporttree=yes: files are at their paths (spec/special-remotes.md section 6.1). A file shows when
 * all of it is there. rsync gives no file another path: what moves is fetched, stored again and then removed, so that
 * it is kept, which git-annex does not do there (decisions.md, decision 17).
 */
export class RsyncExport implements ExportStore {
  readonly #parts: FetchParts;
  readonly #lookups: Lookups;

  constructor(parts: FetchParts) {
    this.#parts = parts;
    this.#lookups = new Lookups((paths) => parts.rsync.browse(paths));
  }

  async look(path: string): Promise<FoundPiece | undefined> {
    const { sizeBytes } = await this.#find(path);
    return sizeBytes === undefined ? undefined : { sizeBytes };
  }

  async isBlocked(path: string): Promise<boolean> {
    return (await this.#find(path)).isBlocked;
  }

  /** The size of a file; links are not followed: they are not of the tree, and lead anywhere. */
  async #find(path: string): Promise<{ readonly sizeBytes?: number; readonly isBlocked: boolean }> {
    const names = path.split('/');
    const paths = names.map((_, at) => names.slice(0, at + 1).join('/'));
    const found = await this.#lookups.ask(paths);
    for (const one of paths) {
      const listed = found.get(one);
      if (listed === undefined) return { isBlocked: false };
      const { isDirectory, isFile, sizeBytes } = listed;
      if (one === path && isFile) return { sizeBytes, isBlocked: false };
      if (one === path || !isDirectory) return { isBlocked: true };
    }
    return { isBlocked: false };
  }

  async get(path: string, key: Key, fromByte: number): Promise<StoredPiece | undefined> {
    const { sizeBytes } = await this.#find(path);
    if (sizeBytes === undefined) return undefined;
    const stream = await fetchedFile(key, { path, sizeBytes, fromByte }, this.#parts);
    return { sizeBytes, stream };
  }

  /** Its file is shared with nobody: it moves to the path that rsync is to give it. */
  async put({ key, sizeBytes }: ExportedFile): Promise<ExportDeposit> {
    const held = await this.#parts.files.grow(key, { sizeBytes });
    const deposit = new RsyncDeposit(held, modeOf(key));
    const from = Buffer.from(encodeText(held.path));
    return {
      write: (bytes) => deposit.write(bytes),
      commit: (path) => deposit.commit((running) => this.#send(from, path, running)),
      abandon: () => deposit.abandon(),
    };
  }

  /** Stores a file of this machine at a path, and it alone. It goes from where it was. */
  async #send(from: Buffer, to: string, running: (child: RsyncChild) => void): Promise<void> {
    const { files, rsync } = this.#parts;
    const tree = await files.directory();
    try {
      await makeDirectoriesAbove(to, tree.path, files.disk);
      await files.disk.rename(from, joinedPath(tree.path, to));
      // rsync would make way for it.
      if (await this.isBlocked(to)) throw new Error(`something else is in the way of ${to}`);
      await rsync.store(tree.path, running);
    } finally {
      await tree.end();
    }
  }

  async remove(path: string): Promise<void> {
    if ((await this.#find(path)).sizeBytes === undefined) return;
    const { files, rsync } = this.#parts;
    const empty = await files.directory();
    try {
      await rsync.removeFile(path, empty.path);
    } finally {
      await empty.end();
    }
    if ((await this.#find(path)).sizeBytes !== undefined) {
      throw new Error(`rsync removed ${path}, and it is still there`);
    }
  }

  async rename(from: string, to: string, key: Key): Promise<void> {
    const { files, rsync } = this.#parts;
    const { sizeBytes } = await this.#find(from);
    if (sizeBytes === undefined) throw new Error(`there is no file ${from}`);
    const scratch = await makeScratchFile(files, key, { path: from, expectedBytes: sizeBytes });
    try {
      await rsync.fetch(from, scratch.path, false).succeeded();
      const at = joinedPath(scratch.path, from);
      const fetchedBytes = Number((await files.disk.status(at))?.size);
      if (fetchedBytes !== sizeBytes) throw new Error(`${from} was changed while it was fetched`);
      await scratch.file.setMode(modeOf(key));
      await this.#send(at, to, () => undefined);
    } finally {
      await scratch.end();
    }
    await this.remove(from);
  }

  async probe(kind: ProbeKind): Promise<void> {
    const { rsync, files } = this.#parts;
    await this.#lookups.ask([]);
    if (kind === 'question') return;
    const empty = await files.directory();
    try {
      await rsync.sendNothing(empty.path);
    } finally {
      await empty.end();
    }
  }

  async clear(): Promise<void> {
    await this.#parts.files.clear();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** As git-annex has them: only what is annexed is protected from being written to. */
function modeOf(key: Key): number {
  return key.backend === blobBackend ? 0o600 : 0o444;
}
