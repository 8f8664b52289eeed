import {
  openFlags,
  parseMapStampedLog,
  parseRemoteLines,
  setMapStampedLog,
  setRemoteLine,
  stampOf,
  writeFileDurably,
  type Disk,
  type System,
} from '../../../repository/index.ts';
import { decodeText, encodeText, isErrorCode, type Uuid } from '../../../units/index.ts';

/** Lines of remote.log as they stand, without UUID and stamp. */
export type WrittenLines = ReadonlyMap<Uuid, string>;

/** How long another process may be at the approvals, milliseconds. */
const lockMsMax = 10_000;

/**
 * The settings of special remotes that were approved for a repository: `annex/verified-remote.log`, which newer
 * git-annex reads and writes, too (spec/special-remotes.md section 9.1). The lines are those of remote.log.
 */
export class Approvals {
  readonly #path: string;
  readonly #shownPath: string;
  readonly #annexDirectory: string;
  readonly #disk: Disk;
  readonly #system: Pick<System, 'clock' | 'locks'>;

  constructor(at: {
    readonly gitDirectory: string;
    readonly disk: Disk;
    readonly system: Pick<System, 'clock' | 'locks'>;
  }) {
    this.#annexDirectory = `${at.gitDirectory}/annex`;
    this.#path = `${this.#annexDirectory}/verified-remote.log`;
    this.#shownPath = `${this.#annexDirectory}/verifying-remote.log`;
    this.#disk = at.disk;
    this.#system = at.system;
  }

  /** Changes whenever the file has. */
  async version(): Promise<string> {
    const status = await this.#disk.status(this.#path);
    return status === undefined ? '' : `${status.ino} ${status.size} ${status.ctimeNs}`;
  }

  /** What was approved. */
  async read(): Promise<WrittenLines> {
    return parseRemoteLines(await this.#text(this.#path));
  }

  /** Approves settings, in place of what was approved of the same repositories. Durable. */
  async approve(lines: WrittenLines): Promise<void> {
    await this.#edit((log) => {
      const now = stampOf(this.#system.clock.wallMs());
      return [...lines].reduce(
        (text, [subject, value]) => setRemoteLine(text, { subject, value, now }),
        log,
      );
    });
  }

  /** Approves settings of repositories that nothing was approved of yet. */
  async adopt(lines: WrittenLines): Promise<void> {
    await this.#edit((log) => {
      const known = parseRemoteLines(log);
      const now = stampOf(this.#system.clock.wallMs());
      return [...lines]
        .filter(([uuid]) => !known.has(uuid))
        .reduce((text, [subject, value]) => setRemoteLine(text, { subject, value, now }), log);
    });
  }

  /**
   * Notes settings that are shown to somebody who is to approve them; what they are called then. As git-annex
   * does, in `annex/verifying-remote.log`, so that either program approves what the other has shown.
   */
  async show(line: string): Promise<string> {
    let id = '';
    await this.#editFile(this.#shownPath, (log) => {
      const shown = parseMapStampedLog(log, isShownId);
      id = `${Math.max(0, ...[...shown.keys()].map(Number)) + 1}`;
      const now = stampOf(this.#system.clock.wallMs());
      return setMapStampedLog(log, { subject: id, value: line, now }, isShownId);
    });
    return id;
  }

  /** The settings that were shown under a name; `undefined` when none were. */
  async shown(id: string): Promise<string | undefined> {
    return parseMapStampedLog(await this.#text(this.#shownPath), isShownId).get(id)?.value;
  }

  async #edit(edit: (log: string) => string): Promise<void> {
    await this.#editFile(this.#path, edit);
  }

  async #editFile(path: string, edit: (log: string) => string): Promise<void> {
    const lock = await this.#system.locks.lock(
      `${this.#annexDirectory}/verified-remote.lck`,
      'exclusive',
      { disk: this.#disk, create: true, timeoutMs: lockMsMax },
    );
    try {
      const before = await this.#text(path);
      const after = edit(before);
      if (after === before) return;
      await writeFileDurably(
        {
          path,
          content: encodeText(after),
          temporaryDirectory: this.#annexDirectory,
          clock: this.#system.clock,
        },
        this.#disk,
      );
    } finally {
      lock.release();
      await lock.released;
    }
  }

  async #text(path: string): Promise<string> {
    try {
      const file = await this.#disk.open(path, openFlags.O_RDONLY);
      try {
        const { size } = await file.status();
        return decodeText(await file.readAll(Number(size)));
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isErrorCode(error, 'ENOENT')) return '';
      throw error;
    }
  }
}

function isShownId(text: string): text is string {
  return /^\d{1,9}$/.test(text);
}
