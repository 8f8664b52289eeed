import { CatFileAnswers, objectBytesMax, type CatFileAnswer } from './cat-file-answers.ts';
import { catFileArgs, lineOf } from './cat-file.ts';
import { feed } from './feed.ts';
import { bufferOf, GitChild } from './git-child.ts';

/** One name asked for in bulk, and what it turned out to be. */
export interface BulkAnswer<T> {
  readonly asked: T;
  readonly answer: CatFileAnswer;
}

/** How names are asked for in bulk. */
export interface BulkOptions<T> {
  readonly directory: string;
  readonly nameOf: (asked: T) => string;
  readonly bytesMax?: number;
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
}

type Some<T> = AsyncIterable<T> | Iterable<T>;

/**
 * The objects of many names, in the order asked. A reader that is slow slows the asking down, so
 * that memory holds a pipe's worth and no more; git buffers its answers, so no name may depend on
 * an answer. A reader that stops early ends the program.
 */
export async function* readObjects<T extends object | string>(
  asked: Some<T>,
  options: BulkOptions<T>,
): AsyncGenerator<BulkAnswer<T>, void, undefined> {
  for await (const answers of readObjectBatches(oneByOne(asked), options)) yield* answers;
}

/**
 * The objects of names that come many at once, as from a pipe, in the order asked: answers too come as
 * they are read, so that a million of them do not wait a million times. No batch is empty. Memory holds
 * a pipe's worth, as git is asked no faster than its answers are taken.
 */
export async function* readObjectBatches<T extends object | string>(
  asked: Some<readonly T[]>,
  options: BulkOptions<T>,
): AsyncGenerator<readonly BulkAnswer<T>[], void, undefined> {
  const { directory, signal } = options;
  const child = new GitChild([...catFileArgs, '--buffer'], {
    directory,
    ...(signal && { signal }),
  });
  const answers = new CatFileAnswers(options.bytesMax ?? objectBytesMax);
  const waiting = new Fifo<T>();
  const asking = feed(child, questions(asked, options.nameOf, waiting));
  // Awaited below; until then its failure only ends the child.
  asking.catch(() => child.kill());
  try {
    for await (const piece of child.stdout) {
      const batch: BulkAnswer<T>[] = [];
      for (const answer of answers.push(bufferOf(piece))) {
        batch.push({ asked: waiting.take(), answer });
      }
      if (batch.length > 0) yield batch;
    }
    await asking;
    await child.succeeded();
  } finally {
    child.kill();
  }
}

async function* oneByOne<T>(items: Some<T>): AsyncGenerator<readonly T[], void, undefined> {
  for await (const item of items) yield [item];
}

async function* questions<T extends object | string>(
  asked: Some<readonly T[]>,
  nameOf: (asked: T) => string,
  waiting: Fifo<T>,
): AsyncGenerator<string, void, undefined> {
  for await (const items of asked) {
    const lines = items.map((item) => lineOf(nameOf(item))).join('');
    waiting.put(items);
    yield lines;
  }
}

/** Most taken items that a {@link Fifo} still keeps. */
const takenMax = 4096;

/** A queue that gives its memory back: taken items are cut off in large pieces. */
class Fifo<T extends object | string> {
  #items: T[] = [];
  #first = 0;

  put(items: readonly T[]): void {
    for (const item of items) this.#items.push(item);
  }

  take(): T {
    const taken = this.#items[this.#first];
    if (taken === undefined) throw new RangeError('an answer without a question');
    this.#first += 1;
    if (this.#first > takenMax) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return taken;
  }
}
