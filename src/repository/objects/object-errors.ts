import { serializeKey, type Key } from '../../key/index.ts';
import { decodeText, errorCode, BallastError } from '../../units/index.ts';

/** Which object a failure is about. */
export interface ObjectTrouble {
  readonly key: Key;
  readonly path?: string | Buffer | undefined;
  readonly cause?: unknown;
}

/** Longest part of a key that a message shows; a peer chooses how long keys are. */
const keyLengthShownMax = 300;

/** Something went wrong with one object of a repository; the message names the key and the path. */
export class ObjectStoreError extends BallastError {
  override readonly name = 'ObjectStoreError';
  override readonly data: { readonly key: Key; readonly path: string | undefined };

  /** The code is the system's, as `ENOSPC`, or one of this room. Default: `OBJECT_STORE`. */
  constructor(
    message: string,
    { key, path, cause }: ObjectTrouble,
    which: { readonly code?: string; readonly isRetryable?: boolean } = {},
  ) {
    const text = path === undefined ? undefined : textOfPath(path);
    const where = text === undefined ? '' : ` at ${printable(text)}`;
    const about = `${message} (key ${printable(serializeKey(key))}${where})`;
    super(which.code ?? 'OBJECT_STORE', about, { cause, isRetryable: which.isRetryable });
    this.data = { key, path: text };
  }
}

/**
 * The key can never be in this repository: its file name holds a NUL byte, or is so long that the
 * file system or git-annex's lock files beside it would not take it.
 */
export function keyNotStorable(key: Key, reason: string): ObjectStoreError {
  const message = `no git-annex repository can store this key: ${reason}`;
  return new ObjectStoreError(message, { key }, { code: 'KEY_NOT_STORABLE' });
}

/** Storing the object would leave less than `annex.diskreserve` free. */
export function notEnoughSpace(
  { neededBytes, usableBytes }: { readonly neededBytes: number; readonly usableBytes: number },
  trouble: ObjectTrouble,
): ObjectStoreError {
  const message =
    `not enough free disk space: ${neededBytes} bytes needed, ${usableBytes} usable; ` +
    'free some, or lower annex.diskreserve';
  return new ObjectStoreError(message, trouble, { code: 'NOT_ENOUGH_SPACE', isRetryable: true });
}

/** Another upload of the same key did not end while this one waited. */
export function depositBusy(waitedMs: number, trouble: ObjectTrouble): ObjectStoreError {
  const message = `another upload of this key was still running after ${waitedMs} ms; try again when it is done`;
  return new ObjectStoreError(message, trouble, { code: 'DEPOSIT_BUSY', isRetryable: true });
}

/** The system's error with the key and the path; errors of this room pass through unchanged. */
export function objectError(error: unknown, doing: string, trouble: ObjectTrouble): Error {
  if (error instanceof ObjectStoreError) return error;
  const code = errorCode(error);
  const hint = hints[code ?? ''] ?? '';
  const message = `${doing} failed: ${messageOf(error)}${hint}`;
  return new ObjectStoreError(
    message,
    { ...trouble, cause: error },
    code === undefined ? {} : { code },
  );
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
