/** The repositories and clusters of a simulated network. */
import type { TrustLevel } from '../../placement/index.ts';
import type { Uuid } from '../../units/index.ts';

/** One repository, special remotes included; known by its number. */
export interface RepositoryState {
  readonly uuid: Uuid;
  /** The name it was last given by `init`, `initremote` or `use`. */
  readonly name: string;
  readonly isSpecialRemote: boolean;
  /** Names of its remotes, which need not exist. */
  readonly remotes: ReadonlySet<string>;
  readonly trust: TrustLevel;
  readonly groups: ReadonlySet<string>;
  /** `undefined` when none is set, or an empty one. */
  readonly wanted: string | undefined;
  readonly required: string | undefined;
  readonly maxsizeBytes: bigint | undefined;
}

/** What is set of one repository at a time. */
export type RepositoryChange = Partial<
  Pick<RepositoryState, 'trust' | 'wanted' | 'required' | 'maxsizeBytes'>
>;

/** Settings of a repository that exists, for `use`. */
export type RepositorySettingsUsed = Partial<
  Pick<RepositoryState, 'isSpecialRemote' | 'trust' | 'wanted' | 'required' | 'maxsizeBytes'>
> & { readonly groups?: Iterable<string> };

/** Repositories that stand behind a gateway as one, which chooses the nodes for what is sent to it. */
export interface SimulatedCluster {
  readonly uuid: Uuid;
  /** The repository that chooses, by its own view. */
  readonly gateway: number;
  readonly nodes: readonly number[];
  /** What nodes cost the gateway, as git config has it: lower is nearer. Those that are not in it {@link usualCost}. */
  readonly costs: ReadonlyMap<number, number>;
  /** Whether a content that no node wants is refused rather than stored on every node. */
  readonly refusesUnwanted: boolean;
}

/** What a node costs of which nothing is said. */
export const usualCost = 100;
