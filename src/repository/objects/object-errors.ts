import { serializeKey, type Key } from '../../key/index.ts';
import { decodeText, errorCode } from '../../units/index.ts';

/** Which object a failure is about. */
export interface ObjectTrouble {
  readonly key: Key;
  readonly path?: string | Buffer | undefined;
  readonly cause?: unknown;
}

/** Longest part of a key that a message shows; a peer chooses how long keys are. */
const keyLengthShownMax = 300;

/** Something went wrong with one object of a repository; the message names the key and the path. */
export class ObjectStoreError extends Error {
  override readonly name: string = 'ObjectStoreError';
  readonly key: Key;
  readonly path: string | undefined;
  /** The system's code, as `ENOSPC`, or one of this room. */
  readonly code: string;
  /** Whether the same call may succeed later without anybody repairing something. */
  readonly retryable: boolean = false;

  constructor(message: string, code: string, trouble: ObjectTrouble) {
    const path = trouble.path === undefined ? undefined : textOfPath(trouble.path);
    const where = path === undefined ? '' : ` at ${printable(path)}`;
    super(`${message} (key ${printable(serializeKey(trouble.key))}${where})`, {
      cause: trouble.cause,
    });
    this.key = trouble.key;
    this.path = path;
    this.code = code;
  }
}

/**
 * The key can never be in this repository: its file name holds a NUL byte, or is so long that the
 * file system or git-annex's lock files beside it would not take it.
 */
export class KeyNotStorableError extends ObjectStoreError {
  override readonly name = 'KeyNotStorableError';

  constructor(key: Key, reason: string) {
    super(`no git-annex repository can store this key: ${reason}`, 'KEY_NOT_STORABLE', { key });
  }
}

/** Storing the object would leave less than `annex.diskreserve` free. */
export class NotEnoughSpaceError extends ObjectStoreError {
  override readonly name = 'NotEnoughSpaceError';
  override readonly retryable = true;
  readonly neededBytes: number;
  readonly usableBytes: number;

  constructor(space: { neededBytes: number; usableBytes: number }, trouble: ObjectTrouble) {
    super(
      `not enough free disk space: ${space.neededBytes} bytes needed, ${space.usableBytes} usable; ` +
        'free some, or lower annex.diskreserve',
      'NOT_ENOUGH_SPACE',
      trouble,
    );
    this.neededBytes = space.neededBytes;
    this.usableBytes = space.usableBytes;
  }
}

/** Another upload of the same key did not end while this one waited. */
export class DepositBusyError extends ObjectStoreError {
  override readonly name = 'DepositBusyError';
  override readonly retryable = true;

  constructor(waitedMs: number, trouble: ObjectTrouble) {
    super(
      `another upload of this key was still running after ${waitedMs} ms; try again when it is done`,
      'DEPOSIT_BUSY',
      trouble,
    );
  }
}

/** The system's error with the key and the path; errors of this room pass through unchanged. */
export function objectError(error: unknown, doing: string, trouble: ObjectTrouble): Error {
  if (error instanceof ObjectStoreError) return error;
  const code = errorCode(error) ?? 'OBJECT_STORE';
  const hint = hints[code] ?? '';
  return new ObjectStoreError(`${doing} failed: ${messageOf(error)}${hint}`, code, {
    ...trouble,
    cause: error,
  });
}

const hints: Readonly<Record<string, string>> = {
  ENOSPC: '; free some disk space on the file system of the repository',
  EDQUOT: '; raise the disk quota of the user that ballast runs as',
  EACCES: '; give the user that ballast runs as access to the repository',
  EROFS: '; the file system of the repository is mounted read-only',
  EXDEV: '; annex/objects must be on the disk of annex/tmp for ballast to store there',
  EMFILE: '; raise the limit of open files (ulimit -n)',
};

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function textOfPath(path: string | Buffer): string {
  return typeof path === 'string' ? path : decodeText(path);
}

function printable(text: string): string {
  const shown = text.length > keyLengthShownMax ? `${text.slice(0, keyLengthShownMax)}…` : text;
  return shown.replace(/[\u0000-\u001f\u007f]|\p{Surrogate}/gu, '\ufffd');
}
