import type { Clock, Timer } from '../../clock/index.ts';
import { createHash } from 'node:crypto';
import { serializeKey, type Key } from '../../key/index.ts';
import type { Disk } from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Notices } from '../notices/notices.ts';
import { Lacks } from './lacks.ts';
import { reasonWords, type MissingCopy } from './missing-copy.ts';
import { MissingFile } from './missing-file.ts';

/** How long after a change copies are looked at again, milliseconds: changes come in crowds. */
const soonMs = 1000;

/** How often they are looked at anyway, since other programs change location logs too. */
const againMs = 10 * 60_000;

/** A look takes at most one part in so many of the time. */
const restFactor = 10;

/** Copies that are compared with each other to find one that is noted twice; 10 MB of memory. */
const comparedMax = 100_000;

/** What is known of clusters now. */
export interface ClusterFacts {
  /** The nodes of each cluster. */
  readonly clusterNodes: ReadonlyMap<Uuid, readonly Uuid[]>;
  /** What people call a node. */
  readonly proxied: ReadonlyMap<Uuid, string>;
}

/** Where missing copies are written down, and what tells whether they are missing still. */
export interface MissingCopiesParts {
  readonly gitDirectory: string;
  /** The disk that it is on. */
  readonly disk: Disk;
  readonly clock: Clock;
  /** The value of `core.sharedRepository`. */
  readonly sharedRepository: string | undefined;
  /** Repositories that the location log says have a key. */
  readonly locations: (key: Key) => Promise<readonly Uuid[]>;
  readonly clusters: () => Promise<ClusterFacts>;
  /** Takes the right to place uploads, with which the file may be changed; gives what ends it. */
  readonly claim: () => Promise<() => void>;
  readonly notices: Notices;
  readonly warn: (message: string, error: unknown) => void;
}

/**
 * The copies that acknowledged uploads should have made and have not, for whoever makes them good.
 *
 * 1. An upload that misses a node is remembered here, durably, before it is acknowledged.
 * 2. What is remembered holds for as long as the cluster has the key and the node does not, by the
 *    location log: by whatever way the node got it, or the cluster lost it, it is forgotten.
 * 3. That is looked at on start, soon after locations have changed, and now and then; again and again,
 *    ever less often, where that cannot be done.
 *
 * On disk is a line a copy; in memory are sums. An upload that misses nothing costs nothing here.
 */
export class MissingCopies {
  readonly #parts: MissingCopiesParts;
  readonly #file: MissingFile;
  #lacks = new Lacks();
  /** What was added since a look began. */
  #added = new Lacks();
  #names: ReadonlyMap<Uuid, string> = new Map();
  #told = new Set<string>();
  #timer: Timer | undefined;
  #dueMs = 0;
  #looking: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  /** Whether something changed since the look under way began. */
  #isStale = false;
  #notBeforeMs = 0;
  /** Looks in a row that could not be done. */
  #inVain = 0;
  #isClosed = false;

  constructor(parts: MissingCopiesParts) {
    this.#parts = parts;
    this.#file = new MissingFile(parts.gitDirectory, parts.sharedRepository, parts.disk);
  }

  /** How many copies each node lacks, by the node's name. */
  get counts(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const [node, { copies }] of this.#lacks.entries()) counts.set(this.#nameOf(node), copies);
    return counts;
  }

  /**
   * Remembers copies, durably when the promise resolves. The caller has the right to place uploads.
   */
  async remember(copies: readonly MissingCopy[]): Promise<void> {
    await this.#file.append(copies, () => {
      for (const copy of copies) {
        this.#lacks.add(copy);
        this.#added.add(copy);
      }
    });
    if (copies.some(({ node }) => !this.#names.has(node))) await this.#learnNames();
    this.#tell();
  }

  /** The copies that are missing still, oldest first, streamed. */
  async *all(): AsyncGenerator<MissingCopy, void, undefined> {
    const { clusterNodes } = await this.#parts.clusters();
    for await (const copy of this.#file.read()) {
      if (await this.#isMissing(copy, clusterNodes)) yield copy;
    }
  }

  /** A location was changed; what is remembered may be so no more. */
  changed(): void {
    if (this.#lacks.isEmpty) return;
    if (this.#looking === undefined) this.#lookIn(soonMs);
    else this.#isStale = true;
  }

  /** Looks at all that is remembered as of now, and forgets what is so no more. */
  look(): Promise<void> {
    if (this.#looking === undefined) return this.#begin();
    // The look under way may have begun before what the caller knows of; one more serves all.
    this.#next ??= this.#looking.then(() => {
      this.#next = undefined;
      return this.#begin();
    });
    return this.#next;
  }

  /** Ends looking. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.close();
    await this.#looking;
  }

  #begin(): Promise<void> {
    this.#timer?.close();
    this.#timer = undefined;
    this.#isStale = false;
    this.#looking = this.#look().then((isDone) => {
      this.#looking = undefined;
      this.#inVain = isDone ? 0 : this.#inVain + 1;
      if (!isDone) this.#lookIn(Math.min(againMs, soonMs * 2 ** (this.#inVain - 1)));
      else if (!this.#lacks.isEmpty) this.#lookIn(this.#isStale ? soonMs : againMs);
    });
    return this.#looking;
  }

  /** The soonest time that was asked for counts. */
  #lookIn(delayMs: number): void {
    if (this.#isClosed) return;
    const nowMs = this.#parts.clock.steadyMs();
    const dueMs = Math.max(nowMs + delayMs, this.#notBeforeMs);
    if (this.#timer !== undefined && dueMs >= this.#dueMs) return;
    this.#timer?.close();
    this.#dueMs = dueMs;
    this.#timer = this.#parts.clock.after(dueMs - nowMs, () => void this.look());
    this.#timer.unref();
  }

  /** Whether it could be done. What is in the list is not known before it was. */
  async #look(): Promise<boolean> {
    const beganMs = this.#parts.clock.steadyMs();
    const isDone = await this.#lookThrough();
    const nowMs = this.#parts.clock.steadyMs();
    this.#notBeforeMs = nowMs + restFactor * (nowMs - beganMs);
    this.#tell();
    return isDone;
  }

  async #lookThrough(): Promise<boolean> {
    const notice = { kind: 'content', subject: 'list of missing copies' } as const;
    try {
      if (!(await this.#file.isEmpty())) {
        const leave = await this.#parts.claim();
        try {
          await this.#forget();
        } finally {
          leave();
        }
      }
      this.#parts.notices.clear(notice);
      return true;
    } catch (error) {
      const text = 'the list of missing copies cannot be looked through; that is tried again';
      if (!this.#isClosed) this.#parts.notices.raise({ ...notice, text }, error);
      return false;
    }
  }

  /** Counts what is missing, and writes the file anew when some of it is so no more. */
  async #forget(): Promise<void> {
    await this.#learnNames();
    const { clusterNodes } = await this.#parts.clusters();
    let counted = new Lacks();
    let seen = new Set<string>();
    let damaged = 0;
    const reading = {
      begun: (): void => {
        counted = new Lacks();
        seen = new Set();
        damaged = 0;
        this.#added = new Lacks();
      },
      damaged: (): void => {
        damaged += 1;
      },
    };
    const isKept = async (copy: MissingCopy): Promise<boolean> => {
      if (this.#isClosed) return true;
      if (isTwice(copy, seen) || !(await this.#isMissing(copy, clusterNodes))) return false;
      counted.add(copy);
      return true;
    };
    let isOver = false;
    for await (const copy of this.#file.read(reading)) {
      if (await isKept(copy)) continue;
      isOver = true;
      break;
    }
    if (isOver || damaged > 0) await this.#file.keep(isKept, reading);
    if (damaged > 0) {
      const lines = `${damaged} damaged lines of the list of missing copies are left out`;
      this.#parts.warn(lines, undefined);
    }
    if (this.#isClosed) return;
    counted.addAll(this.#added);
    this.#lacks = counted;
  }

  async #isMissing(
    { key, node, cluster }: MissingCopy,
    clusterNodes: ReadonlyMap<Uuid, readonly Uuid[]>,
  ): Promise<boolean> {
    const nodes = clusterNodes.get(cluster) ?? [];
    if (!nodes.includes(node)) return false;
    const locations = await this.#parts.locations(key);
    return !locations.includes(node) && nodes.some((other) => locations.includes(other));
  }

  async #learnNames(): Promise<void> {
    try {
      this.#names = (await this.#parts.clusters()).proxied;
    } catch (error) {
      this.#parts.warn('the names of nodes cannot be read', error);
    }
  }

  #nameOf(node: Uuid): string {
    return this.#names.get(node) ?? node;
  }

  /** The sum is a figure of the notice, which changes without being told of anew. */
  #tell(): void {
    const kind = 'content';
    const over = this.#told;
    this.#told = new Set();
    for (const [node, { copies, sinceSeconds, why }] of this.#lacks.entries()) {
      const name = this.#nameOf(node);
      const subject = `missing on ${name}`;
      const day = new Date(sinceSeconds * 1000).toISOString().slice(0, 10);
      const text = `copies are missing on ${name} since ${day}, as ${reasonWords[why]}`;
      this.#parts.notices.raise({ kind, subject, text, figure: copies });
      this.#told.add(subject);
      over.delete(subject);
    }
    for (const subject of over) this.#parts.notices.clear({ kind, subject });
  }
}

/** Whether a copy is noted for the second time, as far as is remembered. */
function isTwice({ cluster, node, key }: MissingCopy, seen: Set<string>): boolean {
  const whose = `${cluster} ${node} ${serializeKey(key)}`;
  const digest = createHash('sha256').update(Buffer.from(whose, 'utf16le')).digest('base64');
  if (seen.has(digest)) return true;
  if (seen.size < comparedMax) seen.add(digest);
  return false;
}
