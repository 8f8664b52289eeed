import { encodeText } from '../../units/index.ts';
import {
  CatFileAnswers,
  ObjectTooLargeError,
  objectBytesMax,
  type CatFileAnswer,
  type GitObject,
} from './cat-file-answers.ts';
import { bufferOf, GitChild } from './git-child.ts';
import { GitError } from './git-error.ts';

/** How often in a row a child may die without having answered anything before readers are told. */
const deathsMax = 2;

interface Question {
  readonly line: Uint8Array;
  readonly resolve: (object: GitObject | undefined) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Git objects by name, from one long-lived `git cat-file --batch`: some 90 microseconds a question,
 * far less when many are asked at once. Started when first needed and again when it has died.
 */
export class CatFile {
  readonly #directory: string;
  readonly #bytesMax: number;
  /** Asked and not answered, in the order of asking; the child answers in that order. */
  #questions: Question[] = [];
  #child: GitChild | undefined;
  #deaths = 0;
  #isClosed = false;

  constructor(options: { readonly directory: string; readonly bytesMax?: number }) {
    this.#directory = options.directory;
    this.#bytesMax = options.bytesMax ?? objectBytesMax;
  }

  /**
   * The object of that name (a SHA, a ref, `REF:PATH`), or `undefined` when there is none. The name
   * must not hold a line end (RangeError); `entryOfTree` finds such paths.
   * @throws ObjectTooLargeError, or GitError when git cannot be run.
   */
  read(name: string): Promise<GitObject | undefined> {
    if (this.#isClosed) return Promise.reject(new GitError(catFileArgs, { stderrTail: 'closed' }));
    return new Promise((resolve, reject) => {
      const question = { line: lineOf(name), resolve, reject };
      this.#questions.push(question);
      if (this.#child === undefined) this.#start();
      else this.#child.stdin.write(question.line);
    });
  }

  /** Ends the child. Questions without an answer are refused. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const child = this.#child;
    child?.stdin.end();
    await child?.ended();
  }

  #start(): void {
    const child = new GitChild(catFileArgs, { directory: this.#directory });
    this.#child = child;
    const answers = new CatFileAnswers(this.#bytesMax);
    child.stdout.on('data', (piece: unknown) => {
      for (const answer of answers.push(bufferOf(piece))) this.#answer(answer);
    });
    for (const { line } of this.#questions) child.stdin.write(line);
    void child.ended().then((error) => this.#ended(error));
  }

  #answer(answer: CatFileAnswer): void {
    this.#deaths = 0;
    const question = this.#questions.shift();
    if (answer instanceof ObjectTooLargeError) question?.reject(answer);
    else question?.resolve(answer);
  }

  /** Reading changes nothing, so what a dead child has left open is simply asked again. */
  #ended(error: GitError | undefined): void {
    this.#child = undefined;
    this.#deaths += 1;
    if (this.#questions.length === 0) return;
    if (this.#deaths < deathsMax && !this.#isClosed) {
      this.#start();
      return;
    }
    const refused = this.#questions;
    this.#questions = [];
    this.#deaths = 0;
    const reason = error ?? new GitError(catFileArgs, { stderrTail: 'it ended by itself' });
    for (const { reject } of refused) reject(reason);
  }
}

const catFileArgs = ['cat-file', '--batch'];

/** One name asked for in bulk, and what it turned out to be. */
export interface BulkAnswer<T> {
  readonly asked: T;
  readonly answer: CatFileAnswer;
}

/**
 * The objects of many names, in the order asked. A reader that is slow slows the asking down, so
 * that memory holds a pipe's worth and no more; git buffers its answers, so no name may depend on
 * an answer. A reader that stops early ends the program.
 */
export async function* readObjects<T>(
  asked: AsyncIterable<T> | Iterable<T>,
  options: {
    readonly directory: string;
    readonly nameOf: (asked: T) => string;
    readonly bytesMax?: number;
  },
): AsyncGenerator<BulkAnswer<T>, void, undefined> {
  const child = new GitChild([...catFileArgs, '--buffer'], { directory: options.directory });
  const answers = new CatFileAnswers(options.bytesMax ?? objectBytesMax);
  const waiting = new Fifo<T>();
  const asking = ask(child, { asked, nameOf: options.nameOf, waiting });
  // Awaited below; until then its failure only ends the child.
  asking.catch(() => child.kill());
  try {
    for await (const piece of child.stdout) {
      for (const answer of answers.push(bufferOf(piece))) yield { asked: waiting.take(), answer };
    }
    await asking;
    await child.succeeded();
  } finally {
    child.kill();
  }
}

async function ask<T>(
  child: GitChild,
  questions: {
    asked: AsyncIterable<T> | Iterable<T>;
    nameOf: (asked: T) => string;
    waiting: Fifo<T>;
  },
): Promise<void> {
  let ended = false;
  const end = child.ended().then(() => {
    ended = true;
  });
  for await (const item of questions.asked) {
    if (ended) return;
    questions.waiting.put(item);
    if (!child.stdin.write(lineOf(questions.nameOf(item)))) {
      await Promise.race([end, new Promise((resolve) => child.stdin.once('drain', resolve))]);
    }
  }
  child.stdin.end();
}

function lineOf(name: string): Uint8Array {
  if (/[\n\0]/.test(name)) throw new RangeError('a name with a line end cannot be asked for');
  return encodeText(`${name}\n`);
}

/** Most taken items that a {@link Fifo} still keeps. */
const takenMax = 4096;

/** A queue that gives its memory back: taken items are cut off in large pieces. */
class Fifo<T> {
  #items: T[] = [];
  #first = 0;

  put(item: T): void {
    this.#items.push(item);
  }

  take(): T {
    const at = this.#first;
    const [taken] = this.#items.slice(at, at + 1).map((item) => ({ item }));
    if (taken === undefined) throw new RangeError('an answer without a question');
    this.#first += 1;
    if (this.#first > takenMax) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return taken.item;
  }
}
