import { serializeKey, type Key } from '../../src/key/index.ts';
import type {
  ContentLock,
  Deposit,
  PutOptions,
  Removal,
  RemoveOptions,
  StorageNode,
  StoredContent,
} from '../../src/nodes/index.ts';
import { streamOf } from '../../src/stream/index.ts';
import type { Uuid } from '../../src/units/index.ts';

/** The steps of a node that a test can make slow, failing or endless. */
export type Step = keyof StorageNode | 'start' | 'readBack' | 'write' | 'commit' | 'abandon';

/** A node that keeps everything in memory, and does before each step what a test wants. */
export class MemoryNode implements StorageNode {
  readonly uuid: Uuid;
  readonly name: string;
  readonly cost: number;
  readonly keepsNoLocks?: true;
  readonly contents = new Map<string, Buffer>();
  readonly partials = new Map<string, Buffer>();
  /** Locks and deposits that were taken and not ended yet. */
  readonly open = new Set<string>();
  /** Run at the beginning of each step. */
  before: (step: Step) => Promise<void> | void = () => undefined;
  readonly #locks = new Map<string, number>();
  readonly #turns = new Map<string, Promise<void>>();

  /** @param as.cost default: 100. */
  constructor(as: {
    readonly uuid: Uuid;
    readonly name: string;
    readonly cost?: number;
    readonly keepsNoLocks?: true;
  }) {
    this.uuid = as.uuid;
    this.name = as.name;
    this.cost = as.cost ?? 100;
    if (as.keepsNoLocks === true) this.keepsNoLocks = true;
  }

  async probe(): Promise<void> {
    await this.before('probe');
  }

  async has(key: Key): Promise<boolean> {
    await this.before('has');
    return this.contents.has(serializeKey(key));
  }

  async get(key: Key, fromByte: number): Promise<StoredContent | undefined> {
    await this.before('get');
    const content = this.contents.get(serializeKey(key));
    if (content === undefined) return undefined;
    return { sizeBytes: content.length, stream: streamOf(content.subarray(fromByte)) };
  }

  async offsetBytes(key: Key): Promise<number> {
    await this.before('offsetBytes');
    return this.partials.get(serializeKey(key))?.length ?? 0;
  }

  async put(key: Key, { signal }: PutOptions): Promise<Deposit | 'present'> {
    await this.before('put');
    const name = serializeKey(key);
    for (let turn = this.#turns.get(name); turn !== undefined; turn = this.#turns.get(name)) {
      await Promise.race([turn, aborted(signal)]);
    }
    if (this.contents.has(name)) return 'present';
    let end = (): void => undefined;
    const turn = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#turns.set(name, turn);
    this.open.add(`deposit of ${name}`);
    return new MemoryDeposit(this, name, () => {
      this.#turns.delete(name);
      this.open.delete(`deposit of ${name}`);
      end();
    });
  }

  async remove(key: Key, { beforeSeconds, signal }: RemoveOptions): Promise<Removal> {
    await this.before('remove');
    const name = serializeKey(key);
    if (!this.contents.has(name)) return 'absent';
    if (beforeSeconds !== undefined && (await this.clockSeconds()) >= beforeSeconds) return 'late';
    if ((this.#locks.get(name) ?? 0) > 0) return 'locked';
    if (signal.aborted) return 'late';
    this.contents.delete(name);
    return 'removed';
  }

  async lock(key: Key): Promise<ContentLock | undefined> {
    await this.before('lock');
    const name = serializeKey(key);
    if (this.keepsNoLocks === true || !this.contents.has(name)) return undefined;
    const id = `lock ${Math.random()} of ${name}`;
    this.open.add(id);
    this.#locks.set(name, (this.#locks.get(name) ?? 0) + 1);
    const end = (isLeft: boolean): Promise<void> => {
      const isFirst = this.open.delete(id);
      if (isFirst && !isLeft) this.#locks.set(name, (this.#locks.get(name) ?? 0) - 1);
      return Promise.resolve();
    };
    return { release: () => end(false), leave: () => end(true) };
  }

  async clockSeconds(): Promise<number> {
    await this.before('clockSeconds');
    return Math.floor(performance.now() / 1000);
  }
}

class MemoryDeposit implements Deposit {
  readonly isResumable = true;
  readonly #node: MemoryNode;
  readonly #name: string;
  readonly #end: () => void;
  readonly #kept: Buffer;
  #written: Buffer = Buffer.alloc(0);
  #isStarted = false;
  #isOver = false;

  constructor(node: MemoryNode, name: string, end: () => void) {
    this.#node = node;
    this.#name = name;
    this.#end = end;
    this.#kept = node.partials.get(name) ?? Buffer.alloc(0);
  }

  get offsetBytes(): number {
    return this.#kept.length;
  }

  async *readBack(range: {
    readonly fromByte: number;
    readonly untilByte: number;
  }): AsyncGenerator<Uint8Array> {
    await this.#node.before('readBack');
    const there = this.#isStarted ? this.#written : this.#kept;
    yield there.subarray(range.fromByte, range.untilByte);
  }

  async start(atByte: number): Promise<void> {
    await this.#node.before('start');
    this.#isStarted = true;
    this.#written = this.#kept.subarray(0, atByte);
  }

  async write(piece: Uint8Array): Promise<void> {
    await this.#node.before('write');
    this.#written = Buffer.concat([this.#written, piece]);
  }

  async commit(): Promise<void> {
    await this.#node.before('commit');
    this.#node.contents.set(this.#name, this.#written);
    this.#node.partials.delete(this.#name);
    this.#over();
  }

  async abandon(bytes: 'keep' | 'delete'): Promise<void> {
    await this.#node.before('abandon');
    if (this.#isOver) return;
    const rest = this.#kept.subarray(this.#written.length);
    if (bytes === 'delete') this.#node.partials.delete(this.#name);
    else this.#node.partials.set(this.#name, Buffer.concat([this.#written, rest]));
    this.#over();
  }

  #over(): void {
    this.#isOver = true;
    this.#end();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => reject(new Error('aborted'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
