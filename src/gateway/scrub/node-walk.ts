import type { Clock } from '../../clock/index.ts';
import type { Key } from '../../key/index.ts';
import type { StorageNode } from '../../nodes/index.ts';
import type { AnnexBranch } from '../../repository/index.ts';
import { foundBesides, nextLogged, type CopyInTurn } from './copies.ts';
import type { CopyMender, CopyFinding } from './copy-mender.ts';
import type { ReadingPace } from './reading-pace.ts';
import type { WalkFiles } from './walk-files.ts';
import { newWalk, type WalkState } from './walk-state.ts';

/** So many copies, or so long, until it is written down how far a walk is: what a crash has looked at once more. */
const notedCopiesMax = 256;
const notedMs = 5_000;

/** Where several are looked at at once, those that are begun on together are so many for each. */
const perJob = 8;

/** What a walk through a node needs. */
export interface WalkParts {
  readonly branch: AnnexBranch;
  readonly clock: Clock;
  readonly files: Pick<WalkFiles, 'read' | 'write'>;
  readonly mender: CopyMender;
}

/** How a walk goes. */
export interface WalkOptions {
  readonly pace: ReadingPace;
  readonly signal: AbortSignal;
  /** Copies that are looked at at once. */
  readonly jobs: number;
  /** Whether it begins at the beginning, wherever the last one is. */
  readonly isAnew: boolean;
  /** Told of each copy. */
  readonly told: (node: StorageNode, key: Key, finding: CopyFinding) => void;
  /** Asked whether it should go on, whenever it is written down how far it is. */
  readonly goesOn?: () => boolean;
}

/** How a walk ended: over, or left for later, as it was asked to, or as the node is away. */
export type WalkEnd =
  | { readonly kind: 'over' | 'paused'; readonly state: WalkState }
  | { readonly kind: 'away'; readonly state: WalkState; readonly why: string };

/**
 * Goes on with the walk through a node's copies, in the order of its state, and notes durably how far it is.
 *
 * @throws the signal's reason, and what the branch or the disk of the gateway does; what was looked at by then is
 * noted.
 */
export async function walkNode(
  node: StorageNode,
  parts: WalkParts,
  options: WalkOptions,
): Promise<WalkEnd> {
  return await new NodeWalk(node, parts, options).run();
}

class NodeWalk {
  readonly #node: StorageNode;
  readonly #parts: WalkParts;
  readonly #options: WalkOptions;
  #state: WalkState;
  #waiting: CopyInTurn[] = [];
  #notedMs = 0;
  /** Copies looked at since it was noted how far the walk is. */
  #unnoted = 0;
  #isPaused = false;
  #away: string | undefined;

  constructor(node: StorageNode, parts: WalkParts, options: WalkOptions) {
    this.#node = node;
    this.#parts = parts;
    this.#options = options;
    this.#state = newWalk(Math.floor(parts.clock.wallMs()));
  }

  async run(): Promise<WalkEnd> {
    const { files, clock } = this.#parts;
    const known = this.#options.isAnew ? undefined : await files.read(this.#node.uuid);
    if (known !== undefined && known.phase !== 'over') this.#state = known;
    this.#notedMs = clock.steadyMs();
    try {
      if (this.#state.phase === 'logged') await this.#walkLogged();
      if (this.#state.phase === 'found' && !this.#isEnding) await this.#walkFound();
    } catch (error) {
      await files.write(this.#node.uuid, this.#state);
      throw error;
    }
    const state = this.#state;
    if (this.#away !== undefined) return { kind: 'away', state, why: this.#away };
    return { kind: state.phase === 'over' ? 'over' : 'paused', state };
  }

  get #isEnding(): boolean {
    return this.#isPaused || this.#away !== undefined;
  }

  async #walkLogged(): Promise<void> {
    const { branch } = this.#parts;
    // What is in the journal alone is not in the order of the branch.
    await branch.flush();
    for (;;) {
      const next = await nextLogged(branch, this.#node.uuid, this.#state.place);
      if (next === undefined) break;
      for (const copy of next.copies) {
        await this.#take(copy);
        if (this.#isEnding) return;
      }
      await this.#lookAtWaiting();
      if (this.#isEnding) return;
      await this.#note({ ...this.#state, place: next.place });
      if (this.#isEnding) return;
    }
    await this.#note({ ...this.#state, phase: 'found', place: '' });
  }

  async #walkFound(): Promise<void> {
    for await (const copy of foundBesides(this.#parts.branch, this.#node, this.#state.place)) {
      await this.#take(copy);
      if (this.#isEnding) return;
    }
    await this.#lookAtWaiting();
    if (this.#isEnding) return;
    await this.#note({ ...this.#state, phase: 'over', place: '' });
  }

  async #take(copy: CopyInTurn): Promise<void> {
    this.#waiting.push(copy);
    const { jobs } = this.#options;
    if (this.#waiting.length >= (jobs === 1 ? 1 : jobs * perJob)) await this.#lookAtWaiting();
  }

  /** Looks at what waits, some at once, and notes how far that is now and then. */
  async #lookAtWaiting(): Promise<void> {
    const copies = this.#waiting;
    this.#waiting = [];
    let state = this.#state;
    const rest = copies[Symbol.iterator]();
    const work = async (): Promise<void> => {
      for (const copy of rest) {
        if (this.#away !== undefined) return;
        const finding = await this.#look(copy);
        if (finding.kind === 'away') {
          this.#away = finding.why;
          return;
        }
        state = counted(state, finding);
      }
    };
    const workers = Array.from({ length: Math.max(1, this.#options.jobs) }, work);
    const failed = (await Promise.allSettled(workers)).find((each) => each.status === 'rejected');
    // What was counted of these is counted once more when they are looked at again.
    if (failed !== undefined) throw failed.reason;
    if (this.#away !== undefined) return;
    const place = copies.at(-1)?.place ?? state.place;
    this.#state = { ...state, place };
    this.#unnoted += copies.length;
    const isMuch = this.#unnoted >= notedCopiesMax;
    const isLate = this.#parts.clock.steadyMs() - this.#notedMs >= notedMs;
    if (isMuch || isLate) await this.#note(this.#state);
  }

  async #look(copy: CopyInTurn): Promise<CopyFinding> {
    const { pace, signal, told } = this.#options;
    const finding = await this.#parts.mender.look({
      node: this.#node,
      key: copy.key,
      pace,
      signal,
    });
    told(this.#node, copy.key, finding);
    return finding;
  }

  async #note(state: WalkState): Promise<void> {
    const { files, clock } = this.#parts;
    await files.write(this.#node.uuid, state);
    this.#state = state;
    this.#notedMs = clock.steadyMs();
    this.#unnoted = 0;
    this.#isPaused = this.#options.goesOn?.() === false;
  }
}

function counted(state: WalkState, finding: CopyFinding): WalkState {
  if (finding.kind === 'nothing' || finding.kind === 'away') return state;
  const bytes = 'bytes' in finding ? finding.bytes : 0;
  return {
    ...state,
    copies: state.copies + 1,
    bytes: state.bytes + bytes,
    damaged: state.damaged + (finding.kind === 'damaged' ? 1 : 0),
    gone: state.gone + (finding.kind === 'gone' ? 1 : 0),
    unread: state.unread + (finding.kind === 'unread' ? 1 : 0),
  };
}
