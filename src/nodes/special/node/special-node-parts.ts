import type { Key } from '../../../key/index.ts';
import type { System } from '../../../repository/index.ts';
import type { Uuid } from '../../../units/index.ts';
import type { Turns } from '../../../waiting/index.ts';
import type { ExportStore } from '../export/export-store.ts';
import type { PieceStore } from '../pieces/piece-store.ts';
import type { ChunkLog } from './chunk-log.ts';
import type { Equivalents, Tell } from './content-reader.ts';
import type { SealedPieces } from './sealed-pieces.ts';

/** What a node on a special remote is made of. */
export interface SpecialNodeParts {
  readonly uuid: Uuid;
  readonly name: string;
  readonly cost: number;
  readonly store: PieceStore;
  /** The store, by way of the cipher if there is one. */
  readonly pieces: SealedPieces;
  /** Where the files of exported trees are; `undefined` for a remote that no trees are exported to. */
  readonly exported?: ExportStore | undefined;
  /** Contents are cut into chunks of so many bytes; `undefined`: they are stored whole. */
  readonly chunkBytes: bigint | undefined;
  readonly chunkLog: ChunkLog;
  readonly equivalents: Equivalents;
  readonly system: Pick<System, 'clock' | 'processes'>;
  /** Told of what is there and is no content of its key. */
  readonly tell: SpecialTell;
  /** Uploads, one at a time for a key. */
  readonly turns: Turns;
  /** Why nothing is stored or removed, as the end of a sentence; `undefined` where it may be. */
  readonly readOnly: string | undefined;
}

/** Told of what a special remote has that is no content of its key. */
export interface SpecialTell extends Tell {
  wrongContent(key: Key, how: string): void;
  /** Whatever was there, a content was stored or removed. */
  settled(key: Key): void;
  /** The place goes by a clock that is so many seconds ahead of ours, or behind it; 0: not any more. */
  clockAhead(seconds: number): void;
}
