import type { Timer } from '../../clock/index.ts';
import { serializeKey, type Key } from '../../key/index.ts';
import type { StorageNode } from '../../nodes/index.ts';
import { type Disk, type System } from '../../repository/index.ts';
import { within } from '../../waiting/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Intent } from './intent-book.ts';
import type { IntendedAct } from './intent-text.ts';
import { LateActs } from './late-acts.ts';
import { leftIntents, type LeftIntents } from './left-intents.ts';

/** How often a server looks for what other processes have left, or asks a node again, milliseconds. */
export const settleEveryMs: number = 10_000;

/** How soon it looks after an act of its own whose end is not known, milliseconds. */
const settleSoonMs = 1000;

/**
 * How long a start, or a decision, waits for nodes to be looked at, milliseconds. What is not
 * settled by then counts as stored, so that waiting is for exactness and not for safety.
 */
const settleWaitMs = 5000;

/** Contents of one node that are looked at together. */
const looksAtOnce = 16;

/** A trouble of a node, as `Notices` keeps them. */
interface NodeNotice {
  readonly kind: 'node';
  readonly subject: string;
  readonly text: string;
}

/** Room taken at a node. */
interface HeldRoom {
  /** Gives it back; harmless more than once. */
  end(): void;
}

/** What settling needs of its gateway. */
export interface SettlingParts {
  /** `annex` of the gateway's repository. */
  readonly annexDirectory: string;
  /** The one that it is on. */
  readonly disk: Disk;
  readonly system: Pick<System, 'clock' | 'locks'>;
  /** The node of a UUID; `undefined` when it is none of the gateway's any more. */
  nodeOf(uuid: Uuid): Promise<StorageNode | undefined>;
  /**
   * Has the logs say of a content at a node what the node says; whether they do. They do not while
   * `pending`, the act, is not done by a peer that may still be busy with it.
   */
  settle(node: StorageNode, key: Key, pending?: IntendedAct['act']): Promise<boolean>;
  /** How long a peer may be busy with an act after its gateway has given it up, milliseconds. */
  readonly lateMs: number;
  /** Whether the gateway's location log says that a node has a key. */
  isLogged(node: Uuid, key: Key): Promise<boolean>;
  /** Takes room for a content that may be there. */
  reserve(node: Uuid, key: Key): HeldRoom;
  readonly notices: {
    raise(notice: NodeNotice, error?: unknown): void;
    clear(notice: Pick<NodeNotice, 'kind' | 'subject'>): void;
  };
  warn(message: string, error: unknown): void;
}

/**
 * Looks at what crashes and failures have left of acts at nodes: asks each node, and has the node's
 * log and the gateway's agree with what is there. What a node cannot be asked about, and what a peer
 * may still be busy with, is asked again, and until then takes room as if it were there.
 */
export class Settling {
  readonly #parts: SettlingParts;
  /** Acts of this process. */
  readonly #doubts = new Set<Intent>();
  /** Room taken for what is not settled, by node and key. */
  readonly #room = new Map<string, HeldRoom>();
  readonly #told = new Set<Uuid>();
  readonly #late: LateActs;
  /** Files of ended processes that were found by the last look. */
  #files: ReadonlySet<string> = new Set();
  #running: Promise<void> | undefined;
  #again = false;
  #timer: Timer | undefined;
  #everyMs = Infinity;
  #isClosed = false;

  constructor(parts: SettlingParts) {
    this.#parts = parts;
    this.#late = new LateActs(parts.lateMs, parts.system.clock);
  }

  /** An act of this process ended nobody knows how. */
  doubt(intent: Intent): void {
    if (intent.act === 'store') this.#takeRoom(intent);
    if (!this.#doubts.has(intent)) this.#late.forget(intent);
    this.#doubts.add(intent);
    if (this.#running === undefined) this.#in(settleSoonMs);
    else this.#again = true;
  }

  /** Looks once now, and from then on at intervals when this process is a server. */
  async begin(everyMs: number = Infinity): Promise<void> {
    this.#everyMs = everyMs;
    await this.look();
  }

  /** Looks, and waits for the nodes' answers for some seconds. */
  async look(): Promise<void> {
    const { clock } = this.#parts.system;
    const error = (): Error => new Error(`nodes were not asked within ${settleWaitMs} ms`);
    try {
      await within(this.#run(), { clock, limitMs: settleWaitMs, error });
    } catch (failure) {
      this.#parts.warn('what a crash left is not looked at yet', failure);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.close();
    if (this.#running !== undefined) await this.look();
  }

  #run(): Promise<void> {
    this.#again = this.#running !== undefined;
    this.#running ??= this.#settleAll().finally(() => {
      this.#running = undefined;
      const isLeft = this.#room.size > 0 || this.#doubts.size > 0;
      if (this.#again) this.#in(settleSoonMs);
      else if (isLeft || this.#everyMs !== Infinity) this.#in(settleEveryMs);
    });
    return this.#running;
  }

  #in(delayMs: number): void {
    if (this.#isClosed) return;
    this.#timer?.close();
    const timer = this.#parts.system.clock.after(delayMs, () => {
      this.#run().catch((error: unknown) => {
        this.#parts.warn('what a crash left cannot be looked at', error);
      });
    });
    timer.unref();
    this.#timer = timer;
  }

  async #settleAll(): Promise<void> {
    const left = await leftIntents(this.#parts.annexDirectory, this.#parts);
    const settled = new Set<IntendedAct>();
    try {
      const doubts = [...this.#doubts];
      const acts = [...left.flatMap((one) => one.acts), ...doubts];
      // Before any node is asked, so that no decision made meanwhile overlooks them.
      await Promise.all(acts.map((act) => this.#count(act)));
      this.#begin(left, acts);
      const nodes = [...new Set(acts.map(({ node }) => node))];
      const answered = await Promise.all(
        nodes.map((uuid) => {
          const some = acts.filter(({ node }) => node === uuid);
          return this.#settleAt(uuid, some, settled);
        }),
      );
      for (const doubt of doubts) {
        if (!settled.has(doubt)) continue;
        this.#doubts.delete(doubt);
        doubt.forget();
      }
      this.#tellOver(new Set(nodes.filter((_node, index) => answered[index] === false)));
    } finally {
      await Promise.all(left.map((one) => one.end(isSettled(one, settled))));
    }
  }

  /** The time of what was not looked at before begins now. */
  #begin(left: readonly LeftIntents[], acts: readonly IntendedAct[]): void {
    this.#late.keepOnly(acts);
    for (const { name, acts: some } of left) {
      if (!this.#files.has(name)) for (const act of some) this.#late.forget(act);
    }
    this.#files = new Set(left.map(({ name }) => name));
  }

  async #count(act: IntendedAct): Promise<void> {
    if (act.act !== 'store' || this.#room.has(nameOf(act))) return;
    if (await this.#parts.isLogged(act.node, act.key).catch(() => false)) return;
    this.#takeRoom(act);
  }

  #takeRoom(act: IntendedAct): void {
    const name = nameOf(act);
    if (!this.#room.has(name)) this.#room.set(name, this.#parts.reserve(act.node, act.key));
  }

  /** Stops at the first that the node gives no answer about: the rest would wait as long. */
  async #settleAt(
    uuid: Uuid,
    acts: readonly IntendedAct[],
    settled: Set<IntendedAct>,
  ): Promise<boolean> {
    let name: string = uuid;
    let isAllSettled = true;
    try {
      const node = await this.#parts.nodeOf(uuid);
      if (node === undefined) throw new Error('it is no node of this gateway any more');
      ({ name } = node);
      for (let start = 0; start < acts.length; start += looksAtOnce) {
        const some = acts.slice(start, start + looksAtOnce);
        const looks = some.map(async (act) => {
          const pending = this.#late.isOver(act) ? undefined : act.act;
          if (!(await this.#parts.settle(node, act.key, pending))) {
            this.#late.notDone(act);
            isAllSettled = false;
            return;
          }
          settled.add(act);
          this.#room.get(nameOf(act))?.end();
          this.#room.delete(nameOf(act));
        });
        for (const look of await Promise.allSettled(looks)) {
          if (look.status === 'rejected') throw look.reason;
        }
      }
      if (!isAllSettled) this.#tell(uuid, `${name} may still be busy with them`);
      return isAllSettled;
    } catch (error) {
      for (const act of acts) this.#late.forget(act);
      this.#tell(uuid, `${name} does not say`, error);
      return false;
    }
  }

  #tell(uuid: Uuid, why: string, error?: unknown): void {
    this.#told.add(uuid);
    const text =
      'whether contents are there is not known since uploads or removals were interrupted: ' +
      `${why}; they are looked at again`;
    this.#parts.notices.raise({ kind: 'node', subject: noticeSubject(uuid), text }, error);
  }

  #tellOver(unanswered: ReadonlySet<Uuid>): void {
    for (const uuid of this.#told) {
      if (unanswered.has(uuid)) continue;
      this.#told.delete(uuid);
      this.#parts.notices.clear({ kind: 'node', subject: noticeSubject(uuid) });
    }
  }
}

function isSettled(left: LeftIntents, settled: ReadonlySet<IntendedAct>): boolean {
  return left.acts.every((act) => settled.has(act));
}

function nameOf({ node, key }: IntendedAct): string {
  return `${node} ${serializeKey(key)}`;
}

function noticeSubject(uuid: Uuid): string {
  return `interrupted ${uuid}`;
}
