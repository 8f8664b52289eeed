import type { StorageNode } from '../../nodes/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Receiver } from '../uploads/upload.ts';

/** What came of asking nodes to take an upload. */
export interface OpenedUpload {
  readonly receivers: readonly Receiver[];
  /** Nodes that have the complete content already. */
  readonly holders: readonly StorageNode[];
  /** Nodes that took nothing, with the reason. */
  readonly failed: ReadonlyMap<StorageNode, unknown>;
}

/** What became of an upload on the nodes. */
export interface Stored {
  /** The nodes that now have the content, holders of before included. */
  readonly holders: readonly Uuid[];
  /** Nodes that have it not, with the reason. */
  readonly failed: ReadonlyMap<StorageNode, unknown>;
}
