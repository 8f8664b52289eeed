import type { MakeHasher } from '../../key/index.ts';
import type { Disk, Soon } from '../files/disk.ts';
import type { EditSettings } from './content-belief.ts';
import type { System } from '../system.ts';
import type { LockStyle } from './locks/lock-to-keep.ts';
import type { WrongSizes } from './wrong-sizes.ts';

/** Which repository, and how to treat it. */
export interface ObjectStoreOptions {
  /** The git directory: `.git`, or the repository itself when it is bare. */
  readonly gitDirectory: string | Buffer;
  readonly isBare: boolean;
  /** Default: the disk of this machine that the directory is on. */
  readonly disk?: Disk | undefined;
  /** The value of `core.sharedRepository`. Default: not shared. */
  readonly sharedRepository?: string | undefined;
  /** `annex.diskreserve`: what uploads leave free. Default: {@link diskReserveBytesDefault}. */
  readonly diskReserveBytes?: number | undefined;
  /** Default: the umask of the process. */
  readonly umask?: number | undefined;
  /** The clock that retention files are read by, and whose locks it takes. Default: this machine. */
  readonly system?: Pick<System, 'clock' | 'locks'> | undefined;
  /** How often the promise of a lock that is held is renewed. Default: {@link renewMsDefault}. */
  readonly renewMs?: number | undefined;
  /** What git-annex locks to keep or remove a content; asked at each of these. Default: `beside`. */
  readonly lockStyle?: (() => Soon<LockStyle>) | undefined;
  /** Asked at each look at an object. Default: neither thin nor crippled. */
  readonly editSettings?: (() => EditSettings) | undefined;
  /** What verifies objects that somebody may have edited. Default: slow hashers that run anywhere. */
  readonly loadHasher?: (() => Promise<MakeHasher>) | undefined;
  /** Told of files that have not the size which their keys name, whenever these are others. */
  readonly onWrongSizes?: ((found: WrongSizes) => void) | undefined;
  /** Told of trouble that no caller can be told of. Default: nobody is. */
  readonly onProblem?: ((error: Error) => void) | undefined;
}

/** How to begin a deposit. */
export interface DepositOptions {
  /** Size of the whole content when known. Default: what the key says. */
  readonly sizeBytes?: number | undefined;
  /**
   * How long to wait for another upload of the key, milliseconds. Default:
   * {@link depositWaitMsDefault}.
   */
  readonly waitMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Has it recorded that the content is there, before `commit` settles. Default: nobody has. */
  readonly committed?: (() => Promise<void>) | undefined;
}

/** git-annex's own `annex.diskreserve`: 100 megabytes. */
export const diskReserveBytesDefault = 100_000_000;

/** Three tries and more before a promise of ten minutes would run out. */
export const renewMsDefault = 180_000;

/** Long enough for an upload of middling size to end, short enough for a client to wait. */
export const depositWaitMsDefault = 30_000;
