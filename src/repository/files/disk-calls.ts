import type { CallKind, CallOptions } from './call-bound.ts';
import type { Soon } from './disk.ts';
import type { SystemCalls } from './system-calls.ts';

/** How a disk of this machine has its calls made, for those who make them. */
export interface DiskCalls {
  /** What is asked in the end. */
  readonly calls: SystemCalls;
  /** Makes a call that changes nothing, in one of two ways that do the same. */
  ask<T>(inLine: () => T, aside: () => Promise<T>, options?: CallOptions): Soon<T>;
  /** Makes a call that changes what is on the disk, in one of two ways that do the same. */
  change<T>(inLine: () => T, aside: () => Promise<T>, options?: CallOptions): Soon<T>;
  /**
   * Makes a call that the system answers from its own memory where it keeps the disk itself, even when
   * that is frozen, and that goes over the network elsewhere.
   */
  askSystem<T>(
    kind: CallKind,
    inLine: () => T,
    aside: () => Promise<T>,
    options?: CallOptions,
  ): Soon<T>;
  /** Makes a call that may take long by its nature, as a sync does, or reading much. */
  askAside<T>(kind: CallKind, aside: () => Promise<T>, options?: CallOptions): Promise<T>;
  /** Resolves when any call of a kind comes back that was made aside. */
  ends(kind: CallKind): Promise<void>;
}
