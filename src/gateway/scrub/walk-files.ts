import type { Clock } from '../../clock/index.ts';
import {
  annexModes,
  makeDirectoryDurably,
  openFlags,
  writeFileDurably,
  type AnnexModes,
  type Disk,
} from '../../repository/index.ts';
import { decodeText, isErrorCode, type Uuid } from '../../units/index.ts';
import { formatWalk, parseWalk, type WalkState } from './walk-state.ts';

/** Longest file that is read; one is some hundred bytes and a key. */
const bytesMax = 64 * 1024;

/** Where files about scrubbing are. */
export interface ScrubPlace {
  readonly gitDirectory: string;
  readonly disk: Disk;
  readonly clock: Clock;
  /** The value of `core.sharedRepository`. */
  readonly sharedRepository: string | undefined;
}

/** Makes `annex/ballast/scrub`, durably; gives its path. */
export async function makeScrubDirectory({
  gitDirectory,
  disk,
  sharedRepository,
}: ScrubPlace): Promise<string> {
  const { directory: mode } = annexModes(sharedRepository, process.umask());
  const path = `${gitDirectory}/annex/ballast/scrub`;
  await makeDirectoryDurably(Buffer.from(`${gitDirectory}/annex/ballast`), mode, disk);
  await makeDirectoryDurably(Buffer.from(path), mode, disk);
  return path;
}

/** How far the walk at each node is: `annex/ballast/scrub/UUID`, written whole each time. */
export class WalkFiles {
  readonly #place: ScrubPlace;
  readonly #modes: AnnexModes;
  readonly #directory: string;

  constructor(place: ScrubPlace) {
    this.#place = place;
    this.#modes = annexModes(place.sharedRepository, process.umask());
    this.#directory = `${place.gitDirectory}/annex/ballast/scrub`;
  }

  /** `undefined` where there was no walk yet, or nothing is known of it. */
  async read(node: Uuid): Promise<WalkState | undefined> {
    try {
      const path = `${this.#directory}/${node}`;
      const file = await this.#place.disk.open(path, openFlags.O_RDONLY);
      try {
        return parseWalk(decodeText(await file.readAll(bytesMax)));
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isErrorCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  /** Durable when it resolves. */
  async write(node: Uuid, state: WalkState): Promise<void> {
    const { disk, clock } = this.#place;
    await makeScrubDirectory(this.#place);
    const write = {
      path: `${this.#directory}/${node}`,
      content: formatWalk(state),
      temporaryDirectory: this.#directory,
      clock,
      mode: this.#modes.file,
    };
    await writeFileDurably(write, disk);
  }
}
