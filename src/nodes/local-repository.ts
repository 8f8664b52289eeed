import { isSecure, type Key } from '../key/index.ts';
import {
  isLoggable,
  keyNotStorable,
  ObjectStoreError,
  recordLocation,
  type LocationChange,
  type Repository,
  type System,
} from '../repository/index.ts';
import type { Uuid } from '../units/index.ts';
import { insecureKey, NodeUnavailableError } from './errors.ts';
import type {
  ContentLock,
  Deposit,
  ListedKey,
  ProbeKind,
  PutOptions,
  CopyQuarantine,
  Removal,
  RemoveOptions,
  StorageNode,
  StoredContent,
  WrongContent,
} from './storage-node.ts';

/** How often a content that others store and remove at the same time is looked at. */
const settleLooksMax = 10;

/**
 * A git-annex repository on a local disk. Shares objects, locks and location logs with the
 * git-annex processes that use the same repository (spec/git-annex-branch.md section 2).
 */
export class LocalRepositoryNode implements StorageNode {
  readonly name: string;
  readonly cost: number;
  readonly #repository: Repository;
  readonly #isLoggedByGateway: boolean;

  /**
   * @param as.isLoggedByGateway whether who uses the node writes to this repository's own branch where
   * its contents are, as the gateway does that it belongs to. Default: the node does.
   */
  constructor(
    repository: Repository,
    as: { readonly name: string; readonly cost: number; readonly isLoggedByGateway?: boolean },
  ) {
    this.#isLoggedByGateway = as.isLoggedByGateway === true;
    this.#repository = repository;
    this.name = as.name;
    this.cost = as.cost;
  }

  get uuid(): Uuid {
    return this.#repository.uuid;
  }

  has(key: Key): boolean | Promise<boolean> {
    try {
      const isThere = this.#repository.objects.has(key);
      return isThere === true || this.#sureHas(isThere);
    } catch (error) {
      return Promise.reject(this.#unknown(error));
    }
  }

  async get(key: Key, fromByte: number): Promise<StoredContent | undefined> {
    const object = await this.#asked(() => this.#repository.objects.open(key, fromByte));
    if (object === undefined) {
      await this.#assertReachable();
      return undefined;
    }
    return {
      sizeBytes: object.sizeBytes,
      state: object.state,
      stream: {
        lengthBytes: Math.max(0, object.sizeBytes - fromByte),
        [Symbol.asyncIterator]: () => object.chunks[Symbol.asyncIterator](),
        pour: (take) => object.pour(take),
        close: () => object.close(),
      },
    };
  }

  async offsetBytes(key: Key): Promise<number> {
    return await this.#asked(() => this.#repository.objects.partialSizeBytes(key));
  }

  async put(key: Key, options: PutOptions): Promise<Deposit | 'present'> {
    // A repository whose disk is gone must not be made anew in the empty mount point.
    await this.#assertReachable();
    if (!isLoggable(key)) {
      throw keyNotStorable(key, 'its location log would have too long a name');
    }
    const { config } = this.#repository;
    if (config.getBoolean('annex.securehashesonly') === true && !isSecure(key)) {
      throw insecureKey(this.name, key.backend);
    }
    const deposit = await this.#repository.objects.deposit(key, {
      ...options,
      committed: () => this.#record({ key, isPresent: true }),
    });
    if (deposit === 'present') await this.#record({ key, isPresent: true });
    return deposit;
  }

  async remove(key: Key, { beforeSeconds, signal }: RemoveOptions): Promise<Removal> {
    await this.#assertReachable();
    const { objects } = this.#repository;
    const mayRemove = (): boolean =>
      !signal.aborted &&
      (beforeSeconds === undefined || clockSeconds(this.#repository.system) < beforeSeconds);
    const removal = await this.#asked(() => objects.remove(key, mayRemove));
    const isGone = removal === 'removed' || removal === 'absent';
    if (isGone) await this.#record({ key, isPresent: false });
    return removal;
  }

  async quarantine(key: Key, { state }: WrongContent): Promise<CopyQuarantine> {
    await this.#assertReachable();
    const outcome = await this.#asked(() => this.#repository.objects.quarantine(key, state));
    await this.#assertReachable();
    return { outcome, ...(outcome === 'moved' && { where: `annex/bad of ${this.name}` }) };
  }

  listKeys(after?: string): AsyncIterable<ListedKey> {
    return this.#repository.objects.keys(after);
  }

  async settle(key: Key): Promise<boolean> {
    await this.#assertReachable();
    const { objects } = this.#repository;
    let isThere = await this.#asked(() => objects.settle(key));
    // Whoever else stores or removes it says so after the act: then the last word is theirs.
    for (let looks = 1; looks < settleLooksMax; looks += 1) {
      await this.#record({ key, isPresent: isThere, isCorrection: true });
      const isThereStill = await this.#asked(() => objects.settle(key));
      if (isThereStill === isThere) break;
      isThere = isThereStill;
    }
    await this.#assertReachable();
    return isThere;
  }

  async lock(key: Key): Promise<ContentLock | undefined> {
    await this.#assertReachable();
    return await this.#asked(() => this.#repository.objects.lock(key));
  }

  clockSeconds(): Promise<number> {
    return Promise.resolve(clockSeconds(this.#repository.system));
  }

  probe(kind: ProbeKind): Promise<void> {
    return this.#repository.probe(kind);
  }

  /** A repository notes in its own location log what it has itself. */
  async #record(change: Omit<LocationChange, 'repository'>): Promise<void> {
    if (this.#isLoggedByGateway) return;
    await recordLocation(this.#repository, { ...change, repository: this.uuid });
  }

  async #assertReachable(): Promise<void> {
    if (await this.#repository.isInPlace()) return;
    throw new NodeUnavailableError(
      this.name,
      `${this.#repository.gitDirectory}, or annex/objects in it, is gone or on another disk now`,
    );
  }

  /** What the disk could not answer is not known; that is another thing than not there. */
  async #asked<T>(question: () => T | Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      throw this.#unknown(error);
    }
  }

  #unknown(error: unknown): unknown {
    if (!(error instanceof ObjectStoreError)) return error;
    return new NodeUnavailableError(this.name, error.message, { cause: error });
  }

  /** Where the disk is gone, nothing is there, and that says nothing. */
  async #sureHas(answer: boolean | Promise<boolean>): Promise<boolean> {
    const isThere = await this.#asked(() => answer);
    if (!isThere) await this.#assertReachable();
    return isThere;
  }
}

/**
 * Whole seconds since the machine started, which all repositories of the machine share and which
 * neither stops nor turns back (spec/p2p-http.md section 5, gettimestamp).
 */
export function clockSeconds({ processes }: Pick<System, 'processes'>): number {
  return Math.floor(processes.uptimeSeconds());
}
