import type { Timer } from '../../clock/index.ts';
import { NodeUnavailableError, type StorageNode } from '../../nodes/index.ts';
import {
  fsyncDirectory,
  makeDirectoryDurably,
  type AnnexModes,
  type Disk,
  type System,
} from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';
import { IntentFile } from './intent-file.ts';
import type { IntendedAct } from './intent-text.ts';

/**
 * How long what is over may stay in the file while nothing else is written to it, and how soon a file
 * that could not be written is tried again, so that its recovery is told; milliseconds.
 */
const tidyMs = 1000;

/**
 * Acts of this process at one node whose end is not known, beyond which no more are begun there: each
 * is kept until it is known, and all of them are written anew with each note.
 */
const doubtsMax = 1000;

/** An act that is noted, to be ended in one of two ways. */
export interface Intent extends IntendedAct {
  /** Resolves once a crash leaves the note; rejects when it cannot be written. */
  readonly durable: Promise<void>;
  /** The act was not begun, or all logs say how it ended. */
  forget(): void;
  /** Nobody knows how the act ended: it stays noted until somebody has looked. */
  doubt(): void;
}

/** What notes acts before they are begun. */
export interface IntentNotes {
  note(act: IntendedAct): Intent;
  /** @throws NodeUnavailableError when the end of too many acts at a node is not known. */
  assertKnown(node: Pick<StorageNode, 'uuid' | 'name'>): void;
}

/** Notes nothing, where no crash is to be outlived. */
export const noNotes: IntentNotes = {
  note: (act) => ({
    ...act,
    durable: Promise.resolve(),
    forget: () => undefined,
    doubt: () => undefined,
  }),
  assertKnown: () => undefined,
};

/**
 * Notes what this process is about to do at nodes, durably, in a file of its own in
 * `annex/ballast/intents`. What is noted while one write runs is written together by the next.
 */
export class IntentBook implements IntentNotes {
  readonly #directory: string;
  readonly #modes: AnnexModes;
  readonly #disk: Disk;
  readonly #system: Pick<System, 'clock' | 'locks'>;
  readonly #doubted: (intent: Intent) => void;
  readonly #written: (failure: unknown) => void;
  readonly #open = new Set<Intent>();
  /** Open acts whose end is not known, by node. */
  readonly #unknown = new Map<Uuid, Set<Intent>>();
  #waiting: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  #file: Promise<IntentFile> | undefined;
  #worker: Promise<void> | undefined;
  #tidying: Timer | undefined;
  #isFailing = false;
  #isClosed = false;

  /**
   * @param options.annexDirectory the gateway's.
   * @param options.disk the one that it is on.
   * @param options.doubted told of each act whose end is not known.
   * @param options.written told after each write, with why it failed, or `undefined`.
   */
  constructor(options: {
    readonly annexDirectory: string;
    readonly modes: AnnexModes;
    readonly disk: Disk;
    readonly system: Pick<System, 'clock' | 'locks'>;
    readonly doubted: (intent: Intent) => void;
    readonly written?: ((failure: unknown) => void) | undefined;
  }) {
    this.#directory = options.annexDirectory;
    this.#modes = options.modes;
    this.#disk = options.disk;
    this.#system = options.system;
    this.#doubted = options.doubted;
    this.#written = options.written ?? ((): void => undefined);
  }

  note(act: IntendedAct): Intent {
    const durable = new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    // Whoever would begin the act is told, and does not: there is nothing to doubt.
    durable.catch(() => intent.forget());
    const intent: Intent = {
      ...act,
      durable,
      forget: () => {
        if (!this.#open.delete(intent)) return;
        this.#unknown.get(act.node)?.delete(intent);
        this.#tidySoon();
      },
      doubt: () => {
        if (!this.#open.has(intent)) return;
        const unknown = this.#unknown.get(act.node) ?? new Set();
        this.#unknown.set(act.node, unknown.add(intent));
        this.#doubted(intent);
      },
    };
    this.#open.add(intent);
    this.#worker ??= this.#work();
    return intent;
  }

  assertKnown({ uuid, name }: Pick<StorageNode, 'uuid' | 'name'>): void {
    if ((this.#unknown.get(uuid)?.size ?? 0) < doubtsMax) return;
    const why = `it is not known how ${doubtsMax} uploads and removals there ended; try again later`;
    throw new NodeUnavailableError(name, why);
  }

  /** The file stays when something is in it that somebody must look at. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#tidying?.close();
    while (this.#worker !== undefined) await this.#worker;
    const file = await this.#file?.catch(() => undefined);
    if (file === undefined) return;
    if (this.#open.size > 0) await file.write([...this.#open]).catch(() => undefined);
    await file.close(this.#open.size > 0);
  }

  async #work(): Promise<void> {
    // Acts that are begun in the same turn share a write.
    await Promise.resolve();
    do {
      const waiting = this.#waiting;
      this.#waiting = [];
      try {
        this.#file ??= this.#make();
        await (await this.#file).write([...this.#open]);
        for (const { resolve } of waiting) resolve();
        this.#isFailing = false;
        this.#written(undefined);
      } catch (error) {
        this.#isFailing = true;
        this.#tidySoon();
        this.#written(error);
        for (const { reject } of waiting) reject(error);
      }
    } while (this.#waiting.length > 0);
    this.#worker = undefined;
  }

  /** What is over would be looked at in vain after a crash, and what fails may work again. */
  #tidySoon(): void {
    if (this.#tidying !== undefined || this.#isClosed) return;
    const tidying = this.#system.clock.after(tidyMs, () => {
      this.#tidying = undefined;
      if (this.#file !== undefined || this.#isFailing) this.#worker ??= this.#work();
    });
    tidying.unref();
    this.#tidying = tidying;
  }

  async #make(): Promise<IntentFile> {
    try {
      const parents = [`${this.#directory}/ballast`, intentDirectory(this.#directory)];
      for (const parent of parents) {
        await makeDirectoryDurably(Buffer.from(parent), this.#modes.directory, this.#disk);
      }
      const directory = intentDirectory(this.#directory);
      const path = `${directory}/${process.pid}-${this.#system.clock.uuid()}`;
      const place = { disk: this.#disk, system: this.#system };
      const file = await IntentFile.create(path, this.#modes.file, place);
      await fsyncDirectory(directory, this.#disk);
      return file;
    } catch (error) {
      this.#file = undefined; // the next one tries again
      throw error;
    }
  }
}

/** Where the processes of a gateway keep their files. */
export function intentDirectory(annexDirectory: string): string {
  return `${annexDirectory}/ballast/intents`;
}
