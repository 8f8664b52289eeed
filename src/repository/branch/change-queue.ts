import { mergedForWriting } from './union-merge.ts';
import type { BranchReader } from './branch-reader.ts';
import type { Journal, JournalWrite } from './journal.ts';
import { isErrorCode } from '../../units/index.ts';

/** Most changes that one hold of the journal lock carries, so that git-annex gets its turn. */
const changesPerHoldMax = 1000;

/** One file of the branch and what becomes of it: the old text (`''` for no file) to the new. */
export interface BranchEdit {
  readonly path: string;
  /** Gives the same text when nothing is to change. Called with the journal lock held. */
  readonly edit: (old: string) => string;
}

interface Change {
  readonly edits: readonly BranchEdit[];
  readonly resolve: (isChanged: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** A file as it is while a group of changes is worked out. */
interface WorkingFile {
  readonly old: string;
  text: string;
}

/** Told why the journal cannot be written, each time that it cannot, and once that it can again. */
type OnOutcome = (failure: Error | undefined) => void;

/** What became of one file: `undefined` when it is durable, else why it is not. */
type Failures = ReadonlyMap<string, unknown>;

/**
 * Changes to the branch, written to the journal in groups: what arrives while one group is written
 * forms the next, so that many callers share one hold of the lock and one sync of the directory.
 */
export class ChangeQueue {
  readonly #journal: Journal;
  readonly #reader: BranchReader;
  readonly #onOutcome: OnOutcome;
  #isFailing = false;
  #waiting: Change[] = [];
  #worker: Promise<void> | undefined;

  /** @param parts.onOutcome told why nothing can be written, and when it can again. */
  constructor(parts: {
    readonly journal: Journal;
    readonly reader: BranchReader;
    readonly onOutcome?: OnOutcome | undefined;
  }) {
    this.#journal = parts.journal;
    this.#reader = parts.reader;
    this.#onOutcome = parts.onOutcome ?? ((): void => undefined);
  }

  /**
   * Resolves when all edits are durable in the journal, with whether anything changed. An edit that
   * throws takes the other edits of its change with it, and no other change.
   */
  change(edits: readonly BranchEdit[]): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ edits, resolve, reject });
      this.#worker ??= this.#work();
    });
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    while (this.#worker !== undefined) await this.#worker;
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, changesPerHoldMax);
      try {
        const lock = await this.#journal.lock();
        try {
          await this.#writeGroup(group);
        } finally {
          lock.release();
        }
      } catch (error) {
        this.#tell(error);
        for (const { reject } of group) reject(error);
      }
    }
    this.#worker = undefined;
  }

  #tell(failure: unknown): void {
    if (failure === undefined && !this.#isFailing) return;
    this.#isFailing = failure !== undefined;
    const isSaid = failure === undefined || failure instanceof Error;
    this.#onOutcome(
      isSaid ? failure : new Error('the journal cannot be written', { cause: failure }),
    );
  }

  #tellOf(group: { written: number; unread: Failures; unwritten: Failures }): void {
    // A name that no file system takes is the trouble of who asked for it.
    const why = [...group.unwritten.values()].find((error) => !isErrorCode(error, 'ENAMETOOLONG'));
    if (why !== undefined) return this.#tell(why);
    if (group.written > 0) return this.#tell(undefined);
    // So is one log that cannot be read, beside others that can.
    const unread = [...group.unread.values()].find((error) => !isErrorCode(error, 'ENAMETOOLONG'));
    if (unread !== undefined) this.#tell(unread);
  }

  async #writeGroup(group: readonly Change[]): Promise<void> {
    const { files, failures } = await this.#read(pathsOf(group));
    const tried = group.map((change) => ({ change, outcome: apply(change, { files, failures }) }));
    const writes = [...files]
      .filter(([, { old, text }]) => old !== text)
      .map(([path, { text }]) => ({ path, text }));
    const unwritten = await this.#write(writes);
    this.#tellOf({ written: writes.length - unwritten.size, unread: failures, unwritten });
    for (const { change, outcome } of tried) {
      const failed = change.edits.find(({ path }) => unwritten.has(path));
      if (outcome.kind === 'failed') change.reject(outcome.error);
      else if (failed !== undefined) change.reject(unwritten.get(failed.path));
      else change.resolve(outcome.isChanged);
    }
  }

  async #read(
    paths: readonly string[],
  ): Promise<{ files: Map<string, WorkingFile>; failures: Failures }> {
    const files = new Map<string, WorkingFile>();
    const failures = new Map<string, unknown>();
    await Promise.all(
      paths.map(async (path) => {
        try {
          const old =
            (await currentText(path, this.#journal, (one) => this.#reader.readOrTell(one))) ?? '';
          files.set(path, { old, text: old });
        } catch (error) {
          failures.set(path, error);
        }
      }),
    );
    return { files, failures };
  }

  async #write(writes: readonly JournalWrite[]): Promise<Failures> {
    const failures = new Map<string, unknown>();
    if (writes.length === 0) return failures;
    const results = await this.#journal.write(writes);
    for (const [index, { path }] of writes.entries()) {
      const result = results[index];
      if (result?.status !== 'fulfilled') failures.set(path, result?.reason);
    }
    return failures;
  }
}

/**
 * A file as the next commit will make it: the journal's entry together with what the branch has got
 * since, so that nothing that was pushed past the journal is overlooked. `undefined` for no file.
 *
 * @param read reads the branch.
 */
export async function currentText(
  path: string,
  journal: Journal,
  read: (path: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  // The journal first: an entry that goes meanwhile has been committed and is seen in the branch.
  const entry = await journal.read(path);
  const committed = await read(path);
  if (entry === undefined || committed === undefined) return entry?.text ?? committed;
  return mergedForWriting(path, { ours: entry.text, theirs: committed });
}

type Outcome =
  | { readonly kind: 'applied'; readonly isChanged: boolean }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Applies the edits of one change to the working files: all of them or none. */
function apply(
  change: Change,
  state: { readonly files: ReadonlyMap<string, WorkingFile>; readonly failures: Failures },
): Outcome {
  const edited = new Map<WorkingFile, string>();
  try {
    for (const { path, edit } of change.edits) {
      const file = state.files.get(path);
      if (file === undefined) return { kind: 'failed', error: state.failures.get(path) };
      edited.set(file, edit(edited.get(file) ?? file.text));
    }
  } catch (error) {
    return { kind: 'failed', error };
  }
  const isChanged = [...edited].some(([file, text]) => file.text !== text);
  for (const [file, text] of edited) file.text = text;
  return { kind: 'applied', isChanged };
}

function pathsOf(group: readonly Change[]): string[] {
  return [...new Set(group.flatMap(({ edits }) => edits.map(({ path }) => path)))];
}
