import { timeoutSignal } from '../../clock/index.ts';
import {
  PushAnswer,
  PushRequest,
  type PushVerdict,
  type ReplacedCommand,
} from '../../protocol/index.ts';
import {
  branchRef,
  type AnnexBranch,
  type Disk,
  type MakeFilter,
  type MergeTally,
  type Refs,
  isUnmergeable,
  type System,
} from '../../repository/index.ts';
import type { Warn } from '../notices/warn.ts';
import { wordsOfLeftOut, type NotePush, type Pusher } from './push-record.ts';
import { isOwnRef, Quarantine, type ClearingTold } from './quarantine.ts';
import { refusalOfRef } from './ref-rules.ts';

/** How often a waiting client gets a sign of life, milliseconds: as git gives it. */
const aliveMs = 5_000;

const deletion = 'the git-annex branch belongs to everybody and is not deleted';

/** What is malformed would be in everybody's history for good, and many a clone takes no such object. */
const deniedToAppend = ['denyDeletes', 'denyNonFastForwards', 'fsckObjects'].flatMap((name) => [
  '-c',
  `receive.${name}=true`,
]);

/** What a push is taken in with. */
export interface PushParts {
  readonly branch: AnnexBranch;
  readonly pusher: Pusher;
  /** The disk that the repository is on. */
  readonly disk: Disk;
  readonly system: Pick<System, 'clock' | 'locks'>;
  /** What may come in; `undefined` for all. */
  readonly filter: MakeFilter | undefined;
  /** How long the merge may take. */
  readonly mergeMs: number;
  readonly warn: Warn;
  readonly cleared: ClearingTold;
  readonly note: NotePush | undefined;
  /** Where branches are exported to. Default: nowhere. */
  readonly exports?: PushExports | undefined;
}

/** What follows for other places from pushes to some refs. */
export interface PushExports {
  /** The refs from which something follows. */
  refs(): Promise<ReadonlySet<string>>;
  /** Does it, once git has taken them in; what the pusher is told. Must not reject. */
  pushed(refs: ReadonlySet<string>): Promise<readonly string[]>;
}

/** What became of one pushed commit. */
interface Taken {
  readonly refusal: string | undefined;
  readonly messages: readonly string[];
  readonly leftOut: number;
}

/**
 * A push to a repository whose git-annex branch belongs to everybody.
 *
 * 1. What the client sends goes through `request` to git, what git says through `answer` back.
 *    Commits for refs named git-annex are received in a quarantine.
 * 2. When git has ended, `settle` merges them, line by line, puts the branch's new commit under the
 *    names that they were pushed to, and gives the end of the answer.
 * 3. `close`, always, clears the quarantine. Killed before, nothing has been promised, and the next
 *    push clears it.
 */
export class Push {
  readonly request: PushRequest;
  readonly #parts: PushParts;
  readonly #quarantine: Quarantine;
  #leftOut = 0;
  readonly #refusals = new Map<string, string>();

  private constructor(
    parts: PushParts,
    quarantine: Quarantine,
    known: { readonly branches: ReadonlySet<string>; readonly exported: ReadonlySet<string> },
  ) {
    const { branches, exported } = known;
    this.#parts = parts;
    this.#quarantine = quarantine;
    this.request = new PushRequest({
      branch: branchRef,
      isOwn: isOwnRef,
      place: (index) => quarantine.place(index),
      deletion,
      concerns: (ref) => exported.has(ref),
      refuses: (command) => refusalOfRef(command, { ...parts.pusher, branches }),
    });
  }

  /** Makes ready for a push. Close it. */
  static async open(parts: PushParts): Promise<Push> {
    const { branch, disk, system, cleared } = parts;
    const branches = parts.pusher.mayOverrule ? new Set<string>() : await branchesOf(branch.refs);
    const { gitDirectory, refs } = branch;
    const quarantine = await Quarantine.open({ gitDirectory, refs, disk, system }, cleared);
    const exported = (await parts.exports?.refs()) ?? new Set<string>();
    return new Push(parts, quarantine, { branches, exported });
  }

  /** Settings of the git that receives the push. */
  get settings(): readonly string[] {
    const { mayOverrule } = this.#parts.pusher;
    return [...this.#quarantine.settings, ...(mayOverrule ? [] : deniedToAppend)];
  }

  /** @param options.advertises whether git first tells of its refs. */
  answer(options: { readonly advertises: boolean }): PushAnswer {
    return new PushAnswer(this.request, options);
  }

  /**
   * Merges what git has taken in.
   *
   * @param send is called with bytes for the client that say that this goes on.
   * @returns the end of the answer.
   */
  async settle(answer: PushAnswer, send: (bytes: Uint8Array) => void): Promise<Uint8Array[]> {
    if (!answer.isConcerned) return answer.finish([], []);
    const { clock } = this.#parts.system;
    const alive = clock.every(aliveMs, () => answer.alive().forEach(send));
    try {
      const pushed = await this.#quarantine.pushed();
      const verdicts: PushVerdict[] = [];
      const messages: string[] = [];
      const taken = new Map<string, Taken>();
      for (const command of this.request.replaced) {
        const sha = pushed.get(command.placed);
        if (sha === undefined) continue;
        const known = taken.get(sha);
        const outcome = known ?? (await this.#take(command, sha));
        taken.set(sha, outcome);
        if (known === undefined) messages.push(...outcome.messages);
        const refusal = outcome.refusal ?? (await this.#show(command));
        if (refusal !== undefined) this.#refusals.set(command.asked.ref, refusal);
        verdicts.push({ placed: command.placed, refusal });
      }
      const { concerning } = this.request;
      if (concerning.size > 0)
        messages.push(...((await this.#parts.exports?.pushed(concerning)) ?? []));
      // Before the client hears of the end, so that it finds nothing of it.
      await this.#clear();
      return answer.finish(verdicts, messages);
    } finally {
      alive.close();
    }
  }

  /** Ends the push, and has it noted. */
  async close(): Promise<void> {
    const { pusher, note } = this.#parts;
    const { commands, count } = this.request.noted;
    if (count > 0) {
      const refs = commands.map(({ from, to, ref }) => ({
        from,
        to,
        ref,
        refusal: this.#refusalOf(ref),
      }));
      note?.({ pusher: pusher.name, refs, count, leftOut: this.#leftOut });
    }
    await this.#clear();
  }

  async #clear(): Promise<void> {
    try {
      await this.#quarantine.close();
    } catch (error) {
      this.#parts.warn('what a push has left is not cleared yet', error);
    }
  }

  #refusalOf(ref: string): string | undefined {
    const replaced = this.request.replaced.find(({ asked }) => asked.ref === ref);
    return replaced?.refusal ?? this.#refusals.get(ref);
  }

  async #take({ asked }: ReplacedCommand, sha: string): Promise<Taken> {
    const { branch, filter, mergeMs, pusher, system } = this.#parts;
    const signal = timeoutSignal(system.clock, mergeMs);
    try {
      const mayForget = pusher.mayOverrule;
      const incoming = { name: asked.ref, sha, filter, mayForget, signal };
      const tally = await orAborted(branch.take(incoming), signal);
      this.#leftOut += tally.count;
      if (tally.count > 0 && pusher.mayOverrule) this.#tell(tally);
      const messages = wordsOfLeftOut(tally, pusher.mayOverrule);
      return { refusal: undefined, messages, leftOut: tally.count };
    } catch (error) {
      return { refusal: this.#wordsOf(error, asked.ref), messages: [], leftOut: 0 };
    }
  }

  #tell({ named, count }: MergeTally): void {
    const [first] = named;
    const { pusher, warn } = this.#parts;
    const path = JSON.stringify(first?.path);
    const more = count > 1 ? ` and ${count - 1} more` : '';
    warn(`left out of a push by ${pusher.name}: ${path}${more}`, new Error(first?.reason));
  }

  /** Puts what was merged under another name that it was pushed to, so that it is found there. */
  async #show({ asked: { ref } }: ReplacedCommand): Promise<string | undefined> {
    if (ref === branchRef) return undefined;
    const { branch, warn } = this.#parts;
    try {
      const tip = await branch.tip();
      if (tip !== undefined) await branch.refs.point(ref, tip);
      return undefined;
    } catch (error) {
      warn(`what was pushed to ${ref} is merged, and does not show there`, error);
      return 'it is merged into git-annex, and this name cannot be written';
    }
  }

  #wordsOf(error: unknown, ref: string): string {
    if (isUnmergeable(error)) return error.message;
    this.#parts.warn(`what ${this.#parts.pusher.name} pushed to ${ref} is not merged`, error);
    return 'it cannot be merged now; push it again later';
  }
}

/** Names of the branches that there are, and of the one that HEAD waits for. */
async function branchesOf(refs: Refs): Promise<ReadonlySet<string>> {
  const [known, head] = await Promise.all([refs.refs([branches]), refs.head()]);
  const names = [...known.map(({ name }) => name), head ?? ''];
  return new Set(
    names.filter((name) => name.startsWith(branches)).map((name) => name.slice(branches.length)),
  );
}

const branches = 'refs/heads/';

/** What a promise gives, unless the signal comes first; what comes later is let be. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
    promise.catch(() => undefined);
  }
}
