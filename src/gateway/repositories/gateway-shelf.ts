import type { Clock } from '../../clock/index.ts';
import { within } from '../../waiting/index.ts';
import type { Gateway } from '../gateway.ts';
import type { Warn } from '../notices/warn.ts';
import { BallastError } from '../../units/index.ts';

/** Repositories open at once; each has a git process and some descriptors. */
const openMax = 100;

/** How long a repository that could not be opened is not tried again, milliseconds. */
const retryMs = 5_000;

/** How long closing one may take before it is left alone, milliseconds. */
const closeMs = 60_000;

/** All repositories that may be open are in use. */
function shelfFull(): BallastError {
  return new BallastError('SHELF_FULL', `${openMax} repositories are in use already; try again`, {
    isRetryable: true,
  });
}

/** A gateway that stays open until it is released. */
export interface Lease {
  readonly gateway: Gateway;
  release(): void;
}

interface Slot {
  readonly directory: string;
  readonly opening: Promise<Gateway>;
  /** Set once it is open. */
  gateway: Gateway | undefined;
  users: number;
  /** Not to be used again; closed when its last user is gone. */
  isLeaving: boolean;
}

/**
 * Repositories that are opened when they are first needed, by directory. The one that was used
 * longest ago is closed when there are too many; one that clients hold locks in stays.
 */
export class GatewayShelf {
  /** The one used last is the last. */
  readonly #slots = new Map<string, Slot>();
  readonly #closed = new WeakSet<Slot>();
  readonly #closing = new Map<string, Promise<void>>();
  readonly #failed = new Map<string, { readonly error: unknown; readonly untilMs: number }>();
  readonly #open: (directory: string) => Promise<Gateway>;
  readonly #openMax: number;
  readonly #clock: Clock;
  readonly #warn: Warn;
  #isOver = false;

  /** @param options.openMax default: {@link openMax}. */
  constructor(options: {
    readonly open: (directory: string) => Promise<Gateway>;
    readonly clock: Clock;
    readonly warn: Warn;
    readonly openMax?: number;
  }) {
    this.#open = options.open;
    this.#clock = options.clock;
    this.#warn = options.warn;
    this.#openMax = options.openMax ?? openMax;
  }

  /**
   * The repository in a directory, for the time until it is released. `undefined` when what was
   * opened there is there no more; the next call opens what is there then.
   *
   * @throws SHELF_FULL, or what opening throws.
   */
  async lease(directory: string): Promise<Lease | undefined> {
    const slot = await this.#take(directory);
    const release = (): void => {
      slot.users -= 1;
      if (slot.isLeaving && slot.users === 0) this.#close(slot);
    };
    try {
      const gateway = await slot.opening;
      if (await gateway.isInPlace()) {
        this.#used(slot);
        return { gateway, release: once(release) };
      }
      this.#leave(slot);
      release();
      return undefined;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Gateways that are open now. */
  opened(): readonly Gateway[] {
    return [...this.#slots.values()].flatMap(({ gateway }) => gateway ?? []);
  }

  /** Closes what is no longer at its place, and so will not be asked for again. */
  async tidy(): Promise<void> {
    for (const slot of this.#slots.values()) {
      if (slot.gateway === undefined || (await slot.gateway.isInPlace())) continue;
      this.#leave(slot);
      if (slot.users === 0) this.#close(slot);
    }
  }

  /** Closes all, whoever uses them. */
  async close(): Promise<void> {
    this.#isOver = true;
    for (const slot of this.#slots.values()) {
      this.#slots.delete(slot.directory);
      this.#close(slot);
    }
    while (this.#closing.size > 0) await Promise.all(this.#closing.values());
  }

  /** A slot that counts its caller among its users. */
  async #take(directory: string): Promise<Slot> {
    // One process has one object for a repository, whose locks exclude another.
    await this.#closing.get(directory);
    const slot = this.#slots.get(directory) ?? this.#newSlot(directory);
    slot.users += 1;
    return slot;
  }

  #newSlot(directory: string): Slot {
    const failed = this.#failed.get(directory);
    if (failed !== undefined && this.#clock.steadyMs() < failed.untilMs) throw failed.error;
    if (this.#isOver) throw shelfFull();
    this.#makeRoom();
    const opening = this.#open(directory);
    const slot: Slot = { directory, opening, gateway: undefined, users: 0, isLeaving: false };
    this.#slots.set(directory, slot);
    opening.then(
      (gateway) => {
        slot.gateway = gateway;
      },
      (error: unknown) => {
        if (this.#slots.get(directory) === slot) this.#slots.delete(directory);
        this.#failedNow(directory, error);
      },
    );
    return slot;
  }

  #failedNow(directory: string, error: unknown): void {
    const nowMs = this.#clock.steadyMs();
    for (const [other, { untilMs }] of this.#failed) {
      if (untilMs <= nowMs) this.#failed.delete(other);
    }
    this.#failed.set(directory, { error, untilMs: nowMs + retryMs });
  }

  #used(slot: Slot): void {
    if (this.#slots.get(slot.directory) !== slot) return;
    this.#slots.delete(slot.directory);
    this.#slots.set(slot.directory, slot);
  }

  #makeRoom(): void {
    if (this.#slots.size < this.#openMax) return;
    const idle = [...this.#slots.values()].find(
      ({ users, gateway }) => users === 0 && gateway !== undefined && gateway.locks.count === 0,
    );
    if (idle === undefined) throw shelfFull();
    this.#leave(idle);
    this.#close(idle);
  }

  #leave(slot: Slot): void {
    if (this.#slots.get(slot.directory) === slot) this.#slots.delete(slot.directory);
    slot.isLeaving = true;
  }

  #close(slot: Slot): void {
    const { directory } = slot;
    if (this.#closed.has(slot)) return;
    this.#closed.add(slot);
    const limitMs = closeMs;
    const error = (): Error => new Error(`${directory} was not closed within ${limitMs} ms`);
    const closing = slot.opening.then(
      (gateway) => within(gateway.close(), { clock: this.#clock, limitMs, error }),
      () => undefined, // it was never open
    );
    const closed = closing
      .catch((failure: unknown) => {
        this.#warn(`${directory} was not closed well`, failure);
      })
      .then(() => {
        if (this.#closing.get(directory) === closed) this.#closing.delete(directory);
      });
    this.#closing.set(directory, closed);
  }
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    act();
  };
}
