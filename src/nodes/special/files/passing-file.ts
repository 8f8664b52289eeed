import type { ClaimedRoom } from './claimed-room.ts';

/** A directory that a program works in. */
export interface PassingDirectory {
  readonly path: string;
  /** It goes, with what is in it, whoever made that. */
  end(): Promise<void>;
}

/** A directory for the file of one piece, and the room that it takes. */
export interface PassingFile extends PassingDirectory {
  readonly room: ClaimedRoom;
}
