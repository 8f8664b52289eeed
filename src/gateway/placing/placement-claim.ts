import type { Disk, FileLock, System } from '../../repository/index.ts';
import { BallastError, isErrorCode } from '../../units/index.ts';

/** Another process decides at this time where uploads to the gateway's clusters go. */
function placementBusy(path: string): BallastError {
  return new BallastError(
    'PLACEMENT_BUSY',
    'another ballast places uploads to the clusters of this gateway: send them through that one, ' +
      `or try again when it has ended (${path} is locked)`,
    { isRetryable: true },
  );
}

/** The file that stands for the right to place uploads, and for how long it is taken. */
export interface ClaimOptions {
  /** The file that is locked, `annex/ballast.lck`. */
  readonly path: string;
  /** The one that the file is on. */
  readonly disk: Disk;
  readonly system: Pick<System, 'locks'>;
  /**
   * `lasting`: once taken it is kept until the gateway is closed, as suits a server. `brief`: only
   * while uploads to clusters are under way, so that processes of one client each take turns.
   */
  readonly hold: 'lasting' | 'brief';
  /** How long a brief claim waits for its turn, milliseconds. */
  readonly waitMs: number;
}

/**
 * The right to place uploads to a gateway's clusters. Room on nodes is reserved in memory, so only
 * one process at a time may have it.
 */
export class PlacementClaim {
  readonly #options: ClaimOptions;
  #lock: FileLock | undefined;
  #taking: Promise<void> | undefined;
  #holders = 0;

  constructor(options: ClaimOptions) {
    this.#options = options;
  }

  /**
   * Takes it for one placement and gives what ends that.
   *
   * @throws PLACEMENT_BUSY when another process has it, for longer than one is ready to wait.
   */
  async take(): Promise<() => void> {
    this.#holders += 1;
    try {
      while (this.#lock === undefined) {
        this.#taking ??= this.#take().finally(() => {
          this.#taking = undefined;
        });
        await this.#taking;
      }
    } catch (error) {
      this.#leave();
      throw error;
    }
    let isOver = false;
    return () => {
      if (!isOver) this.#leave();
      isOver = true;
    };
  }

  /** Takes it at once, to be kept; whether that was possible. */
  async tryTake(): Promise<boolean> {
    const { path, disk, system } = this.#options;
    this.#lock ??= await system.locks.tryLock(path, 'exclusive', { disk, create: true });
    return this.#lock !== undefined;
  }

  /** Gives it back whatever it is held for. */
  release(): void {
    this.#lock?.release();
    this.#lock = undefined;
  }

  #leave(): void {
    this.#holders -= 1;
    if (this.#holders === 0 && this.#options.hold === 'brief') this.release();
  }

  async #take(): Promise<void> {
    const { path, disk, system, hold, waitMs } = this.#options;
    if (hold === 'lasting') {
      if (!(await this.tryTake())) throw placementBusy(path);
      return;
    }
    try {
      const how = { disk, create: true, timeoutMs: waitMs };
      this.#lock = await system.locks.lock(path, 'exclusive', how);
    } catch (error) {
      if (isErrorCode(error, 'FILE_LOCK_TIMEOUT')) throw placementBusy(path);
      throw error;
    }
  }
}
