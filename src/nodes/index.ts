/** Places that store contents: one interface, a driver for each kind. */
export type {
  DirectReading,
  DirectRefusal,
  DirectRequest,
  TakenContent,
} from './direct-access.ts';
export { isContentChanged, NodeUnavailableError } from './errors.ts';
export { clockSeconds, LocalRepositoryNode } from './local-repository.ts';
export { loadNativeHasher } from './native-hasher.ts';
export * from './peer/index.ts';
export * from './special/index.ts';
export type {
  ContentLock,
  Deposit,
  ProbeKind,
  PutOptions,
  CopyQuarantine,
  Removal,
  RemoveOptions,
  StorageNode,
  StoredContent,
  WrongContent,
} from './storage-node.ts';
export { unavailableNode } from './unavailable.ts';
