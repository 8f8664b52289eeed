/** A git-annex repository on disk: objects, locks, the journal, the git-annex branch and its logs. */
export {
  fsyncDirectory,
  renameDurably,
  writeFileDurably,
} from './files/durable.ts';
export { makeDirectoryDurably } from './files/directories.ts';
export { directoryIdentity } from './files/directory-identity.ts';
export type { Disk } from './files/disk.ts';
export { DiskFile } from './files/disk-file.ts';
export { Disks, ownDisk, systemDisks } from './files/disks.ts';
export { openFlags } from './files/system-calls.ts';
export { exitAtOnce } from './files/native/exit-at-once.ts';
export { FileLocksUnsupportedError } from './files/native/fcntl.ts';
export {
  FileLockTimeoutError,
  lockFile,
  tryLockFile,
  type FileLock,
} from './files/file-lock.ts';
export type { ContentLock } from './objects/locks/content-lock.ts';
export { ObjectLayout } from './objects/layout.ts';
export type { ObjectDeposit } from './objects/deposits/object-deposit.ts';
export {
  DepositBusyError,
  KeyNotStorableError,
  NotEnoughSpaceError,
  ObjectStoreError,
} from './objects/object-errors.ts';
export { pourBytesMax, readBytesMax } from './objects/object-reader.ts';
export { SizeCheck, type WrongSizes } from './objects/wrong-sizes.ts';
export { type ObjectStoreOptions } from './objects/object-store-options.ts';
export { ObjectStore } from './objects/object-store.ts';
export { annexModes, type AnnexModes } from './files/annex-modes.ts';
export {
  findGit,
  isAtLeast,
  runGit,
  streamGit,
} from './git/git.ts';
export { atExit } from './git/at-exit.ts';
export { bufferOf, GitChild } from './git/git-child.ts';
export { GitError, GitUnusableError } from './git/git-error.ts';
export type { ConfigWatch } from './git/config-watch.ts';
export { GitConfig, parseConfigList, setGitConfig } from './git/git-config.ts';
export {
  annexedFilesOfCommit,
  annexedFilesOfIndex,
} from './git/annexed-files.ts';
export { attributeCopies, attributeNumcopies } from './git/attributes.ts';
export { CatFile } from './git/cat-file.ts';
export { readObjects } from './git/read-objects.ts';
export { ObjectTooLargeError } from './git/cat-file-answers.ts';
export { AnnexBranch } from './annex-branch.ts';
export {
  branchRef,
  logBytesMax,
  type BranchFile,
} from './branch/branch-reader.ts';
export { LogUnreadableError } from './branch/branch-errors.ts';
export type { BranchTrouble, OnBranchTrouble } from './branch/branch-trouble.ts';
export type { BranchEdit } from './branch/change-queue.ts';
export {
  NoBranchError,
  type MakeFilter,
} from './merging/branch-merger.ts';
export type { MergeFilter } from './merging/merged-files.ts';
export { MergeTally, MergeTooLargeError } from './merging/merge-tally.ts';
export { journalName, journalPath } from './branch/journal-name.ts';
export { mergedForWriting, unionMerge } from './branch/union-merge.ts';
export { RepositorySizes } from './sizes/repository-sizes.ts';
export { initializeBare } from './initialize.ts';
export { isLoggable } from './loggable.ts';
export { within } from './within.ts';
export { Turns, TurnTimeoutError } from './turns.ts';
export { LiveConfiguration, readConfiguration } from './configuration.ts';
export {
  compareStamps,
  formatStamp,
  nextStamp,
  noStamp,
  parseStamp,
  stampOf,
  type TimeStamp,
} from './logs/lines/time-stamp.ts';
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
} from './logs/location-log.ts';
export {
  RefusedSettingError,
  repositorySettings,
  settingSentence,
  unhonoured,
  unhonouredOfRemote,
  type FoundSetting,
} from './settings/annex-settings.ts';
export { readUnhonoured } from './settings/read-unhonoured.ts';
export { UnwritableValueError } from './logs/lines/log-lines.ts';
export { parseUuidLog, setDescription } from './logs/uuid-log.ts';
export { behindStamp, firstWord, stampedLogs, subjectLogs } from './logs/lines/line-subject.ts';
export { UnknownTransitionError } from './merging/forgetting.ts';
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
export { metadataLogPath, parseMetadataLog } from './logs/metadata-log.ts';
export { parseUrlLog, urlLogPath } from './logs/url-log.ts';
export { equivalentKeysLogPath, parseEquivalentKeysLog } from './logs/equivalent-keys-log.ts';
export { parseRemoteLog } from './logs/remote-log.ts';
export { Repository, RepositoryError } from './repository.ts';
export { createRepository, writeFirstCommit, type CommitFile } from './create-repository.ts';
