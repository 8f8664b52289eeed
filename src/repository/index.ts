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
