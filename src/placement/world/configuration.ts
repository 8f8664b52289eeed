import type { Dialect } from '../../expression/index.ts';
import type { Uuid } from '../../units/index.ts';

/** How far a repository is trusted to keep what it is said to have; ordered from least to most. */
export type TrustLevel = 'dead' | 'untrusted' | 'semitrusted' | 'trusted';

/** What the git-annex branch says of one repository. */
export interface RepositorySettings {
  /** From uuid.log; `undefined` when that log does not list the repository. */
  readonly description: string | undefined;
  readonly trust: TrustLevel;
  readonly groups: readonly string[];
  /** The preferred content expression; `''` is configured and empty, `undefined` not configured. */
  readonly wanted: string | undefined;
  /** The required content expression; `''` is configured and empty, `undefined` not configured. */
  readonly required: string | undefined;
  /** From maxsize.log; 0 means that nothing has room (spec/expressions.md section 12.3). */
  readonly maxsizeBytes: bigint | undefined;
  /** `preferreddir` of a special remote's settings. */
  readonly preferreddir: string | undefined;
}

/**
 * Everything that decides which repository wants what, apart from where contents are: the settings
 * of all repositories known to an annex, at one moment. Plain data, never changed.
 */
export interface Configuration {
  /** By UUID; clusters are among them when uuid.log or another log names them. */
  readonly repositories: ReadonlyMap<Uuid, RepositorySettings>;
  /** The groupwanted expression of each group that has one. */
  readonly groupwanted: ReadonlyMap<string, string>;
  /** The numcopies of the git-annex branch. */
  readonly numcopies: number | undefined;
  readonly mincopies: number | undefined;
  /** The nodes of each cluster, by the cluster's UUID. */
  readonly clusters: ReadonlyMap<Uuid, readonly Uuid[]>;
  /** annex.fullybalancedthreshhold, percent; 90 when not set (spec/expressions.md section 12.5). */
  readonly fullyBalancedThresholdPercent: number;
  /** Whether questions are asked with `--rebalance` (spec/expressions.md section 12.1). */
  readonly rebalance: boolean;
  /**
   * The git-annex whose answers are given; the newest one known when left out, as in the gateway. A
   * repository with an older git-annex takes an expression that this does not know for `present`.
   */
  readonly dialect?: Dialect;
}

/** Settings of a repository that no log mentions. */
export const noSettings: RepositorySettings = {
  description: undefined,
  trust: 'semitrusted',
  groups: [],
  wanted: undefined,
  required: undefined,
  maxsizeBytes: undefined,
  preferreddir: undefined,
};
