import type { Clock } from '../../clock/index.ts';
import { thisMachine } from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';
import { DirectoryIndex, type ServedApart } from './directory-index.ts';
import type { FoundRepository } from './found-repositories.ts';
import { Gateway, type GatewayOptions } from '../gateway.ts';
import { GatewayShelf, type Lease } from './gateway-shelf.ts';
import { defaultLimits, type GatewayLimits } from '../limits.ts';
import type { Warn } from '../notices/warn.ts';
import { noticeText } from '../notices/notices.ts';

/** A repository that a request's path names, and what follows its name in the path. */
export interface PathLease extends Lease {
  /** Begins with `/`. */
  readonly below: string;
}

/** The repositories that one server serves. */
export interface ServedRepositories {
  readonly limits: GatewayLimits;
  readonly clock: Clock;
  readonly warn: Warn;
  /**
   * The repository that serves a UUID: its own, that of a node behind it, or of a cluster. A node
   * that is served itself is asked through its gateway, whose location log tells what is done
   * there.
   */
  withUuid(uuid: Uuid): Promise<Lease | undefined>;
  /** The gateway that a UUID is a node on a local path of, of what is known without a search. */
  gatewayOf(node: Uuid): Promise<Lease | undefined>;
  /** The repository that git finds at a path, as it stands in a URL. */
  atPath(path: string): Promise<PathLease | undefined>;
  /** Gateways that are open now. */
  opened(): readonly Gateway[];
  /**
   * Looks whether requests can be answered at all.
   *
   * @throws when they cannot, with the reason.
   */
  assertReadable(): Promise<void>;
  /** What somebody should mend although requests can be answered; names no directories. */
  problems(): readonly string[];
  /** Ends serving. */
  close(): Promise<void>;
}

/** One repository, open all the time. */
export class SingleRepository implements ServedRepositories {
  readonly limits: GatewayLimits;
  readonly clock: Clock;
  readonly warn: Warn;
  readonly #gateway: Gateway;
  readonly #lease: Lease;
  readonly #name: string;

  /** @param name the first part of the path under which git finds it. */
  constructor(gateway: Gateway, name: string) {
    this.#gateway = gateway;
    this.#lease = { gateway, release: () => undefined };
    this.#name = name;
    this.limits = gateway.limits;
    this.clock = gateway.clock;
    this.warn = gateway.warn;
    void gateway.declareVital();
  }

  async withUuid(uuid: Uuid): Promise<Lease | undefined> {
    return (await this.#gateway.serves(uuid)) ? this.#lease : undefined;
  }

  async gatewayOf(node: Uuid): Promise<Lease | undefined> {
    return node === this.#gateway.uuid ? undefined : await this.withUuid(node);
  }

  atPath(path: string): Promise<PathLease | undefined> {
    const cut = cutsOf(path).find(({ name }) => name === this.#name);
    return Promise.resolve(cut && { ...this.#lease, below: cut.below });
  }

  opened(): readonly Gateway[] {
    return [this.#gateway];
  }

  assertReadable(): Promise<void> {
    return this.#gateway.assertReadable();
  }

  problems(): readonly string[] {
    return this.#gateway.notices.all().map(noticeText);
  }

  close(): Promise<void> {
    return this.#gateway.close();
  }
}

/**
 * What is found below some directories, now and later; each is opened when it is first asked for.
 */
export class DirectoryRepositories implements ServedRepositories {
  readonly limits: GatewayLimits;
  readonly clock: Clock;
  readonly warn: Warn;
  readonly #index: DirectoryIndex;
  readonly #shelf: GatewayShelf;

  private constructor(index: DirectoryIndex, options: GatewayOptions) {
    this.#index = index;
    this.limits = { ...defaultLimits, ...options.limits };
    this.clock = (options.system ?? thisMachine).clock;
    this.warn = options.warn;
    this.#shelf = new GatewayShelf({
      open: (directory) => Gateway.open(directory, options),
      clock: this.clock,
      warn: options.warn,
    });
  }

  /**
   * Searches the directories a first time.
   *
   * @param options.apart a repository that is served apart from these.
   */
  static async open(
    directories: readonly string[],
    options: GatewayOptions & { readonly apart?: ServedApart | undefined },
  ): Promise<DirectoryRepositories> {
    const index = new DirectoryIndex(directories, options);
    await index.begin();
    return new DirectoryRepositories(index, options);
  }

  /** Repositories known now. */
  get count(): number {
    return this.#index.found.count;
  }

  gatewayOf(node: Uuid): Promise<Lease | undefined> {
    this.#index.refresh();
    return this.#proxy(node, this.#index.found.gatewaysOf(node));
  }

  async withUuid(uuid: Uuid): Promise<Lease | undefined> {
    return (await this.#known(uuid)) ?? (await this.#search().then(() => this.#known(uuid)));
  }

  async atPath(path: string): Promise<PathLease | undefined> {
    return (await this.#knownAt(path)) ?? (await this.#search().then(() => this.#knownAt(path)));
  }

  opened(): readonly Gateway[] {
    return this.#shelf.opened();
  }

  /** A repository that is gone, or broken, hinders the others in nothing. */
  assertReadable(): Promise<void> {
    return this.#index.assertReadable();
  }

  problems(): readonly string[] {
    const ofOpened = this.#shelf
      .opened()
      .flatMap(({ uuid, notices }) =>
        notices.all().map((notice) => `${uuid}: ${noticeText(notice)}`),
      );
    return [...this.#index.problems(), ...ofOpened];
  }

  close(): Promise<void> {
    return this.#shelf.close();
  }

  async #search(): Promise<void> {
    await this.#index.search();
    await this.#shelf.tidy();
  }

  async #known(uuid: Uuid): Promise<Lease | undefined> {
    const gateway = await this.gatewayOf(uuid);
    if (gateway !== undefined) return gateway;
    const found = this.#index.found.withUuid(uuid);
    const own = found && (await this.#lease(found));
    return own ?? (await this.#proxy(uuid, this.#index.found.proxying()));
  }

  /**
   * The gateway to a node or cluster. One that cannot be asked is in the way of a truthful "no".
   */
  async #proxy(uuid: Uuid, among: readonly FoundRepository[]): Promise<Lease | undefined> {
    let failure: { readonly error: unknown } | undefined;
    for (const found of among) {
      try {
        const lease = await this.#lease(found);
        if (lease === undefined) continue;
        if (await lease.gateway.serves(uuid)) return lease;
        lease.release();
      } catch (error) {
        failure ??= { error };
      }
    }
    if (failure !== undefined) throw failure.error;
    return undefined;
  }

  async #knownAt(path: string): Promise<PathLease | undefined> {
    for (const { name, below } of cutsOf(path)) {
      const found = this.#index.found.withName(name);
      const lease = found && (await this.#lease(found));
      if (lease !== undefined) return { ...lease, below };
    }
    return undefined;
  }

  /** `undefined` when another repository, or none, is at its place now. */
  async #lease(found: FoundRepository): Promise<Lease | undefined> {
    const lease = await this.#shelf.lease(found.directory);
    if (lease === undefined || lease.gateway.uuid === found.uuid) return lease;
    lease.release();
    return undefined;
  }
}

/** Several that are asked one after the other. */
export class JointRepositories implements ServedRepositories {
  readonly limits: GatewayLimits;
  readonly clock: Clock;
  readonly warn: Warn;
  readonly #parts: readonly ServedRepositories[];

  constructor(first: ServedRepositories, ...others: readonly ServedRepositories[]) {
    this.#parts = [first, ...others];
    this.limits = first.limits;
    this.clock = first.clock;
    this.warn = first.warn;
  }

  async withUuid(uuid: Uuid): Promise<Lease | undefined> {
    const gateway = await this.gatewayOf(uuid);
    if (gateway !== undefined) return gateway;
    for (const part of this.#parts) {
      const lease = await part.withUuid(uuid);
      if (lease !== undefined) return lease;
    }
    return undefined;
  }

  async gatewayOf(node: Uuid): Promise<Lease | undefined> {
    for (const part of this.#parts) {
      const lease = await part.gatewayOf(node);
      if (lease !== undefined) return lease;
    }
    return undefined;
  }

  async atPath(path: string): Promise<PathLease | undefined> {
    for (const part of this.#parts) {
      const lease = await part.atPath(path);
      if (lease !== undefined) return lease;
    }
    return undefined;
  }

  opened(): readonly Gateway[] {
    return this.#parts.flatMap((part) => part.opened());
  }

  async assertReadable(): Promise<void> {
    for (const part of this.#parts) await part.assertReadable();
  }

  problems(): readonly string[] {
    return this.#parts.flatMap((part) => part.problems());
  }

  async close(): Promise<void> {
    for (const part of this.#parts) await part.close();
  }
}

/** Directories that a path may be cut after; no repository is found deeper. */
const cutsMax = 33;

/**
 * The ways to read a path as the name of a repository, with or without `.git` at its end, and what
 * git asks of it. The shortest name comes first: no repository lies within another.
 */
function cutsOf(path: string): { readonly name: string; readonly below: string }[] {
  const segments = path.split('/').slice(1);
  const cuts: { name: string; below: string }[] = [];
  for (let count = 1; count <= Math.min(segments.length - 1, cutsMax); count += 1) {
    const name = decoded(segments.slice(0, count));
    if (name === undefined) break;
    const below = `/${segments.slice(count).join('/')}`;
    cuts.push({ name, below });
    if (name.endsWith('.git')) cuts.push({ name: name.slice(0, -'.git'.length), below });
  }
  return cuts;
}

function decoded(segments: readonly string[]): string | undefined {
  try {
    return segments.map((segment) => decodeURIComponent(segment)).join('/');
  } catch {
    return undefined;
  }
}
