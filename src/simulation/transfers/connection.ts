import type { Search, StageMemory } from './search.ts';
import type { Transfer } from './transfer.ts';

/** What a connection does in a round, in this order; what the repository itself holds it drops last. */
export const stages = ['get', 'send', 'dropThere', 'dropHere'] as const;

/** One of the {@link stages} of a round. */
export type Stage = (typeof stages)[number];

/**
 * A remote of a repository, while time passes: again and again it does what `git annex sync --content`
 * does with it, one file after the other, and then sleeps until something has changed.
 */
export interface Connection {
  readonly actor: number;
  readonly actorName: string;
  readonly remote: string;
  /** When it goes on; infinite while it sleeps. */
  atMs: number;
  /** When it may begin another round. */
  readyMs: number;
  /** Of {@link stages}; -1 between rounds. */
  stage: number;
  /** The last file that it looked at in this stage; -1 before the first. */
  lastFile: number;
  /** How much had changed when its round began, or when it went to sleep. */
  seen: number;
  transfer: Transfer | undefined;
  /** What it looks at in this stage, and how stages of its last round began: not saved, as all can be looked at. */
  search: Search | undefined;
  readonly memories: (StageMemory | undefined)[];
}

/** A connection that has done nothing yet. */
export function newConnection(
  actor: number,
  actorName: string,
  remote: string,
  ms: number,
): Connection {
  return {
    actor,
    actorName,
    remote,
    atMs: ms,
    readyMs: ms,
    stage: -1,
    lastFile: -1,
    seen: -1,
    transfer: undefined,
    search: undefined,
    memories: [],
  };
}

/** Whether nothing will happen until something changes. */
export function sleeps({ atMs }: Connection): boolean {
  return atMs === Number.POSITIVE_INFINITY;
}
