/** A git-annex repository on disk: objects, locks, the journal, the git-annex branch and its logs. */
export { fsyncDirectory, renameDurably, writeFileDurably, type DurableWrite } from './durable.ts';
export { FileLocksUnsupportedError } from './fcntl.ts';
export {
  FileLockTimeoutError,
  lockFile,
  tryLockFile,
  type FileLock,
  type FileLockMode,
  type FileLockOptions,
  type FileLockWaitOptions,
} from './file-lock.ts';
export type { ContentLock } from './content-lock.ts';
export { ObjectLayout, type ObjectLocation } from './layout.ts';
export type { ObjectDeposit } from './object-deposit.ts';
export {
  DepositBusyError,
  KeyNotStorableError,
  NotEnoughSpaceError,
  ObjectStoreError,
  type ObjectTrouble,
} from './object-errors.ts';
export { readBytesMax, type OpenObject } from './object-reader.ts';
export type { RemoveOutcome } from './object-removal.ts';
export {
  depositWaitMsDefault,
  diskReserveBytesDefault,
  ObjectStore,
  type DepositOptions,
  type ObjectStoreOptions,
} from './object-store.ts';
export { annexModes, type AnnexModes } from './shared-repository.ts';
