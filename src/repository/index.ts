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
export {
  bufferOf,
  findGit,
  GitChild,
  GitError,
  gitOutputBytesMax,
  GitUnusableError,
  gitVersionMin,
  isAtLeast,
  runGit,
  streamGit,
  type GitOptions,
  type GitVersion,
} from './git.ts';
export { GitConfig, parseConfigList, setGitConfig } from './git-config.ts';
export { CatFile, readObjects, type BulkAnswer } from './cat-file.ts';
export { ObjectTooLargeError, objectBytesMax, type GitObject } from './cat-file-answers.ts';
export { AnnexBranch, type AnnexBranchOptions } from './annex-branch.ts';
export {
  branchRef,
  logBytesMax,
  type BranchFile,
  type BranchFileChange,
  type PathFilter,
} from './branch-reader.ts';
export type { BranchEdit } from './change-queue.ts';
export { BranchBusyError } from './journal-committer.ts';
export { BranchTransitionError } from './sibling-merger.ts';
export { journalName, journalPath } from './journal-name.ts';
export { mergedForWriting, unionMerge } from './union-merge.ts';
export { RepositorySizes } from './repository-sizes.ts';
export { LiveConfiguration, readConfiguration } from './configuration.ts';
export {
  compareStamps,
  formatStamp,
  nextStamp,
  noStamp,
  parseStamp,
  stampOf,
  type TimeStamp,
} from './logs/time-stamp.ts';
export {
  compactLocationLog,
  formatLocationLog,
  isLocationLogPath,
  keyOfLocationLog,
  locationLogPath,
  parseLocationLog,
  presentIn,
  setPresence,
  type Location,
  type LocationStatus,
} from './logs/location-log.ts';
export type { LogSetting, Stamped } from './logs/uuid-keyed-log.ts';
export { parseUuidLog, setDescription } from './logs/uuid-log.ts';
export { parseTrustLog, setTrust } from './logs/trust-log.ts';
export { parseGroupLog, setGroups } from './logs/group-log.ts';
export { parsePreferredContentLog, setPreferredContent } from './logs/preferred-content-log.ts';
export {
  parseGroupPreferredContentLog,
  setGroupPreferredContent,
} from './logs/group-preferred-content-log.ts';
export { parseMaxsizeLog, setMaxsize } from './logs/maxsize-log.ts';
export { parseNumcopiesLog, setNumcopies } from './logs/numcopies-log.ts';
export { parseClusterLog, setCluster } from './logs/cluster-log.ts';
export { parseProxyLog, setProxy, type ProxiedRemote } from './logs/proxy-log.ts';
export { parseRemoteLog } from './logs/remote-log.ts';
export { Repository, RepositoryError, type RepositoryOptions } from './repository.ts';
export { createRepository, writeFirstCommit } from './create-repository.ts';
