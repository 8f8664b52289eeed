/** What a simulation asks of the program around it, which alone has files, processes and a clock. */
import type { RepositorySettingsUsed } from '../world/repositories.ts';
import type { Uuid } from '../../units/index.ts';

/** A repository that exists, for `use`; its groupwanted are those of its groups. */
export interface UsedRepository {
  readonly uuid: Uuid;
  readonly settings: RepositorySettingsUsed;
  readonly groupwanted?: ReadonlyMap<string, string>;
}

/** The repository that `use` names, or why it cannot be used, as git-annex says it after `because`. */
export type UseAnswer =
  | { readonly kind: 'repository'; readonly repository: UsedRepository }
  | { readonly kind: 'unusable'; readonly reason: string };

/** A file of a repository that exists. */
export interface UsedFile {
  /** Relative to the current directory. */
  readonly file: string;
  /** The serialized key. */
  readonly key: string;
}

/**
 * A request is answered by `reply` before the simulation goes on; unanswered, a `use` fails, an `addtree`
 * adds nothing, a `visit` was a success.
 */
export type SimulationRequest =
  | {
      readonly kind: 'use';
      readonly name: string;
      /** `here`, the name of a remote, a description or a UUID. */
      readonly words: string;
      readonly reply: (answer: UseAnswer) => void;
    }
  | {
      readonly kind: 'addtree';
      /** Whose expression it is taken for; the real annex need not know it. */
      readonly uuid: Uuid;
      /** An expression that parses, for the files to match. */
      readonly expression: string;
      readonly reply: (files: Iterable<UsedFile>) => void;
    }
  | {
      readonly kind: 'visit';
      readonly repository: string;
      readonly uuid: Uuid;
      /** None for an interactive shell. */
      readonly words: readonly string[];
      /** With the exit status. */
      readonly reply: (status: number) => void;
    }
  /** Nothing is asked: a step goes on, and this is the time to show progress or to end. */
  | { readonly kind: 'pause' };

/** A moment at which the program around may show progress, or end all. */
export type Pause = Extract<SimulationRequest, { kind: 'pause' }>;

/** Yielded now and then by whatever takes long. */
export const pause: Pause = { kind: 'pause' };
