/** A git-annex repository on disk: objects, locks, the journal, the git-annex branch and its logs. */
export {
  fsyncDirectory,
  parentOf,
  renameDurably,
  writeFileDurably,
} from './files/durable.ts';
export { makeDirectoryDurably } from './files/directories.ts';
export { directoryIdentity } from './files/directory-identity.ts';
export type { Disk, OpenFile } from './files/disk.ts';
export { MachineDisks, ownDisk, systemDisks } from './files/machine-disks.ts';
export { openFlags } from './files/system-calls.ts';
export { exitAtOnce } from './files/native/exit-at-once.ts';
export { RecordLocks } from './files/record-locks.ts';
export type { FileLock } from './files/locks.ts';
export { machineClock } from './clock/machine-clock.ts';
export type { System } from './system.ts';
export { thisMachine } from './this-machine.ts';
export type { ContentLock } from './objects/locks/content-lock.ts';
export { ObjectLayout } from './objects/layout.ts';
export type { Deposit, KeptHash } from './objects/deposits/object-deposit.ts';
export { keyNotStorable, ObjectStoreError } from './objects/object-errors.ts';
export { EarlyFlush } from './objects/deposits/early-flush.ts';
export { SpaceGuard, type SpaceClaim } from './objects/deposits/space-guard.ts';
export { openObject, pourBytesMax, readBytesMax } from './objects/object-reader.ts';
export { nativeMd5 } from './files/native/native-md5.ts';
export { SizeCheck, type WrongSizes } from './objects/wrong-sizes.ts';
export type { ListedKey } from './objects/object-listing.ts';
export type { QuarantineOutcome } from './objects/object-quarantine.ts';
export type { Removal } from './objects/object-removal.ts';
export { type ObjectStoreOptions } from './objects/object-store-options.ts';
export { ObjectStore } from './objects/object-store.ts';
export { annexModes, type AnnexModes } from './files/annex-modes.ts';
export {
  findGit,
  isGitAtLeast,
  runGit,
  streamGit,
} from './git/git.ts';
export { atExit } from './git/at-exit.ts';
export { bufferOf, GitChild, withoutLocalVariables } from './git/git-child.ts';
export { GitError } from './git/git-error.ts';
export type { ConfigWatch } from './config/config-watch.ts';
export { GitConfig } from './config/git-config.ts';
export { remoteNames, remotePath, remoteUuid } from './config/remotes.ts';
export {
  annexedFilesOfCommit,
  annexedFilesOfIndex,
} from './git/annexed-files.ts';
export { attributeCopies, type AttributeCopies } from './git/attributes.ts';
export { CatFile } from './git/cat-file.ts';
export { readObjects } from './git/read-objects.ts';
export { ObjectTooLargeError } from './git/cat-file-answers.ts';
export { AnnexBranch } from './annex-branch.ts';
export {
  branchRef,
  logBytesMax,
  type BranchFile,
} from './branch/branch-reader.ts';
export { emptyTree, type Refs } from './branch/commits.ts';
export { LogUnreadableError } from './branch/branch-errors.ts';
export type { BranchTrouble, OnBranchTrouble } from './branch/branch-trouble.ts';
export type { BranchEdit } from './branch/change-queue.ts';
export { isUnmergeable, type MakeFilter } from './merging/branch-merger.ts';
export type { MergeFilter } from './merging/merged-files.ts';
export { MergeTally } from './merging/merge-tally.ts';
export { journalName, journalPath } from './branch/journal-name.ts';
export { mergedForWriting, unionMerge } from './branch/union-merge.ts';
export { RepositorySizes } from './sizes/repository-sizes.ts';
export { initializeBare } from './initialize.ts';
export { isLoggable } from './loggable.ts';
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
export { recordLocation, type LocationChange } from './record-location.ts';
export {
  RefusedSettingError,
  repositorySettings,
  settingSentence,
  unhonoured,
  unhonouredOfRemote,
  type FoundSetting,
} from './settings/annex-settings.ts';
export { readUnhonoured } from './settings/read-unhonoured.ts';
export { parseUuidLog, setDescription } from './logs/uuid-log.ts';
export { behindStamp, firstWord, stampedLogs, subjectLogs } from './logs/lines/line-subject.ts';
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
export { metadataLogPath, parseMetadataLog } from './logs/keys/metadata-log.ts';
export {
  hasWebUrl,
  parseUrlLog,
  setUrl,
  urlLogPath,
  type UrlChange,
} from './logs/keys/url-log.ts';
export { equivalentKeysLogPath, parseEquivalentKeysLog } from './logs/keys/equivalent-keys-log.ts';
export { parseMapStampedLog, setMapStampedLog } from './logs/lines/map-stamped-log.ts';
export {
  parseRemoteLines,
  parseRemoteLog,
  remoteSettings,
  setRemoteLine,
} from './logs/remote-log.ts';
export {
  chunkLogPath,
  parseChunkLog,
  setChunks,
  type LoggedChunks,
} from './logs/keys/chunk-log.ts';
export {
  parseRemoteState,
  remoteStateLogPath,
  setRemoteState,
} from './logs/keys/remote-state-log.ts';
export {
  exportLogPath,
  parseExportLog,
  setExport,
  type LoggedExport,
} from './logs/export-log.ts';
export type { FileOfTree, Trees } from './export/trees.ts';
export { Repository } from './repository.ts';
export { createRepository, writeFirstCommit, type FirstFile } from './create-repository.ts';
