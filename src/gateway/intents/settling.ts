import { serializeKey, type Key } from '../../key/index.ts';
import type { StorageNode } from '../../nodes/index.ts';
import { within, type Disk } from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Reservation } from '../reservations.ts';
import type { Intent } from './intent-book.ts';
import type { IntendedAct } from './intent-text.ts';
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

/** Most acts of this process whose end is not known that are kept for another look. */
const doubtsMax = 1000;

/** A trouble of a node, as `Notices` keeps them. */
interface NodeNotice {
  readonly kind: 'node';
  readonly subject: string;
  readonly text: string;
}

/** What settling needs of its gateway. */
export interface SettlingParts {
  /** `annex` of the gateway's repository. */
  readonly annexDirectory: string;
  /** The one that it is on. */
  readonly disk: Disk;
  /** The node of a UUID; `undefined` when it is none of the gateway's any more. */
  nodeOf(uuid: Uuid): Promise<StorageNode | undefined>;
  /** Has the logs say of a content at a node what the node says. */
  settle(node: StorageNode, key: Key): Promise<void>;
  /** Whether the gateway's location log says that a node has a key. */
  isLogged(node: Uuid, key: Key): Promise<boolean>;
  /** Takes room for a content that may be there. */
  reserve(node: Uuid, key: Key): Reservation;
  readonly notices: {
    raise(notice: NodeNotice, error?: unknown): void;
    clear(notice: Pick<NodeNotice, 'kind' | 'subject'>): void;
  };
  warn(message: string, error: unknown): void;
}

/**
 * Looks at what crashes and failures have left of acts at nodes: asks each node, and has the node's
 * log and the gateway's agree with what is there. What a node cannot be asked about is asked again,
 * and until then takes room as if it were there.
 */
export class Settling {
  readonly #parts: SettlingParts;
  /** Acts of this process. */
  readonly #doubts = new Set<Intent>();
  /** Room taken for what is not settled, by node and key. */
  readonly #room = new Map<string, Reservation>();
  readonly #told = new Set<Uuid>();
  #running: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #everyMs = Infinity;
  #isClosed = false;

  constructor(parts: SettlingParts) {
    this.#parts = parts;
  }

  /** An act of this process ended nobody knows how. */
  doubt(intent: Intent): void {
    if (this.#doubts.size >= doubtsMax) {
      intent.forget();
      // A removal that failed leaves a log that names the node, which is asked before it counts.
      if (intent.act === 'store') this.#parts.notices.raise(tooMany);
      return;
    }
    if (intent.act === 'store') this.#takeRoom(intent);
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
    const error = (): Error => new Error(`nodes were not asked within ${settleWaitMs} ms`);
    try {
      await within(this.#run(), { limitMs: settleWaitMs, error });
    } catch (failure) {
      this.#parts.warn('what a crash left is not looked at yet', failure);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
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
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#run().catch((error: unknown) => {
        this.#parts.warn('what a crash left cannot be looked at', error);
      });
    }, delayMs).unref();
  }

  async #settleAll(): Promise<void> {
    const left = await leftIntents(this.#parts.annexDirectory, this.#parts.disk);
    const settled = new Set<IntendedAct>();
    try {
      const doubts = [...this.#doubts];
      const acts = [...left.flatMap((one) => one.acts), ...doubts];
      // Before any node is asked, so that no decision made meanwhile overlooks them.
      await Promise.all(acts.map((act) => this.#count(act)));
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
    try {
      const node = await this.#parts.nodeOf(uuid);
      if (node === undefined) throw new Error('it is no node of this gateway any more');
      ({ name } = node);
      for (let start = 0; start < acts.length; start += looksAtOnce) {
        const some = acts.slice(start, start + looksAtOnce);
        const looks = some.map(async (act) => {
          await this.#parts.settle(node, act.key);
          settled.add(act);
          this.#room.get(nameOf(act))?.end();
          this.#room.delete(nameOf(act));
        });
        for (const look of await Promise.allSettled(looks)) {
          if (look.status === 'rejected') throw look.reason;
        }
      }
      return true;
    } catch (error) {
      this.#told.add(uuid);
      const text =
        `whether contents are at ${name} is not known since uploads or removals were interrupted; ` +
        'they are looked at when it answers';
      this.#parts.notices.raise({ kind: 'node', subject: noticeSubject(uuid), text }, error);
      return false;
    }
  }

  #tellOver(unanswered: ReadonlySet<Uuid>): void {
    for (const uuid of this.#told) {
      if (unanswered.has(uuid)) continue;
      this.#told.delete(uuid);
      this.#parts.notices.clear({ kind: 'node', subject: noticeSubject(uuid) });
    }
    if (this.#doubts.size === 0) this.#parts.notices.clear(tooMany);
  }
}

const tooMany = {
  kind: 'node',
  subject: 'interrupted',
  text: 'more uploads failed half-way than can be looked at: run git annex fsck on the nodes',
} as const;

function isSettled(left: LeftIntents, settled: ReadonlySet<IntendedAct>): boolean {
  return left.acts.every((act) => settled.has(act));
}

function nameOf({ node, key }: IntendedAct): string {
  return `${node} ${serializeKey(key)}`;
}

function noticeSubject(uuid: Uuid): string {
  return `interrupted ${uuid}`;
}
