import { machineClock } from '../clock/machine-clock.ts';
import { CallBound } from './call-bound.ts';
import { Disk, type DiskParts } from './disk.ts';
import { systemCalls, type Path, type SystemCalls } from './system-calls.ts';
import { poolThreads, ThreadBudget } from './thread-budget.ts';

/** Calls at once of a walk, or to a directory whose device is not known: few, as there may be many. */
const callsApartMax = 2;

/** What the disks of a process are made of. */
export interface DisksOptions {
  /** Default: those of this machine. */
  readonly calls?: SystemCalls;
  /** Threads that make calls aside. Default: those that this process has. */
  readonly threads?: number;
  /** Default: the clock of this process. */
  readonly nowMs?: () => number;
}

/**
 * The disks that a process works on, told apart by their device numbers: repositories on one disk
 * share what calls it may have under way. Whoever opens a repository is handed one of these, and there
 * is one for a process, as its threads are.
 */
export class Disks implements DiskParts {
  readonly calls: SystemCalls;
  readonly nowMs: () => number;
  readonly #budget: ThreadBudget;
  readonly #bounds = new Map<string, CallBound>();
  /** Devices whose hanging would stop everything anyway. */
  readonly #vital = new Set<bigint>();

  constructor(options: DisksOptions = {}) {
    const { calls = systemCalls, threads = poolThreads() } = options;
    this.calls = calls;
    this.nowMs = options.nowMs ?? ((): number => machineClock.steadyMs());
    this.#budget = new ThreadBudget({ threads, nowMs: this.nowMs });
  }

  /**
   * The disk that a directory is on.
   *
   * @param mounts directories in it where another file system may be mounted.
   */
  at(directory: Path, mounts: readonly Path[] = []): Disk {
    return new Disk(this, { kind: 'directory', directory, mounts });
  }

  /**
   * The disk of a program which does one thing and can do nothing else meanwhile, wherever its files
   * are: all brief calls are made in line, at once.
   */
  own(): Disk {
    return new Disk(this, { kind: 'own' });
  }

  /**
   * Stands for whatever disks a walk through directories comes to: one that hangs stops the walk, and
   * takes nothing of what others of the process need.
   *
   * @param walk tells it from other walks.
   */
  apart(walk: string): Disk {
    return new Disk(this, { kind: 'walk', walk });
  }

  /** What calls to a device go through; or those to some directory, while its device is not known. */
  bound(name: string, isDevice: boolean): CallBound {
    const known = this.#bounds.get(name);
    if (known !== undefined) return known;
    for (const [other, { running, waiting }] of this.#bounds) {
      if (running + waiting === 0) this.#bounds.delete(other);
    }
    const made = new CallBound(this.#budget, isDevice ? {} : { callsMax: callsApartMax });
    this.#bounds.set(name, made);
    return made;
  }

  /** Says that nothing goes on in this process anyway while the disk of a directory hangs. */
  async declareVital(directory: Path): Promise<void> {
    const status = await this.at(directory).status(directory);
    if (status !== undefined) this.#vital.add(status.dev);
  }

  /** Whether nothing is to be gained by waiting for a device in another thread. */
  isVital(device: bigint): boolean {
    return this.#vital.has(device);
  }
}

/** The disks of this machine, as this process shares them. */
export const systemDisks: Disks = new Disks();

/** What a face that waits for its own files only uses. */
export const ownDisk: Disk = systemDisks.own();
