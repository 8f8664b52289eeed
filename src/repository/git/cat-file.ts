import { encodeText } from '../../units/index.ts';
import {
  CatFileAnswers,
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
      const question = { line: encodeText(lineOf(name)), resolve, reject };
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
    if (answer.kind === 'tooLarge') question?.reject(answer.error);
    else question?.resolve(answer.kind === 'object' ? answer.object : undefined);
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

/** How git is asked for objects. */
export const catFileArgs: readonly string[] = ['cat-file', '--batch'];

/** A name as a line that asks for it. */
export function lineOf(name: string): string {
  if (/[\n\0]/.test(name)) throw new RangeError('a name with a line end cannot be asked for');
  return `${name}\n`;
}
