/** The commands of a simulation, read (spec/sim.md section 4). */
import type { TrustLevel } from '../../placement/index.ts';
import type { Arrow } from './arrow.ts';
import type { OwnCommand } from './own/own-command.ts';

/** One link of a `connect`. */
export interface Link {
  readonly left: string;
  readonly arrow: Arrow;
  readonly right: string;
}

/** What a repository does with a remote. */
export type RemoteOperation =
  | 'getwanted'
  | 'sendwanted'
  | 'dropunwantedfrom'
  | 'gitpull'
  | 'gitpush'
  | 'pull'
  | 'push'
  | 'sync';

/** What a repository does: to its own contents, or with a remote. */
export type Action =
  | { readonly repository: string; readonly operation: 'dropunwanted' }
  | { readonly repository: string; readonly operation: RemoteOperation; readonly remote: string };

/** A change of metadata: `field=value` and its kin. */
export interface MetadataChange {
  /** As it was written; case does not matter. */
  readonly field: string;
  readonly operator: '=' | '+=' | '-=' | '?=';
  readonly value: string;
  /** All of it as it was written, which is how the log has it. */
  readonly text: string;
}

/** What an expression can be set for. */
export type ExpressionKind = 'wanted' | 'required' | 'groupwanted';

/** A command of the simulation language, its words read. */
export type Command =
  | { readonly kind: 'blank' }
  /** The line as it stands. */
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'init' | 'initremote'; readonly name: string }
  | { readonly kind: 'use'; readonly name: string; readonly words: string }
  | { readonly kind: 'connect' | 'disconnect'; readonly links: readonly Link[] }
  | {
      readonly kind: 'add';
      readonly file: string;
      readonly sizeBytes: bigint;
      readonly repositories: readonly string[];
    }
  | {
      readonly kind: 'addmulti';
      readonly count: bigint;
      readonly suffix: string;
      readonly leastBytes: bigint;
      readonly mostBytes: bigint;
      readonly repositories: readonly string[];
    }
  | { readonly kind: 'addtree'; readonly repository: string; readonly expression: string }
  | { readonly kind: 'step' | 'stepstable'; readonly count: bigint }
  /** Those after the first are joined by `while`. */
  | { readonly kind: 'action'; readonly actions: readonly Action[] }
  | { readonly kind: 'seed'; readonly seed: bigint }
  | {
      readonly kind: 'present' | 'notpresent';
      readonly repository: string;
      readonly file: string;
    }
  | { readonly kind: 'numcopies' | 'mincopies'; readonly count: bigint }
  | { readonly kind: 'trustlevel'; readonly repository: string; readonly level: TrustLevel }
  | { readonly kind: 'group' | 'ungroup'; readonly repository: string; readonly group: string }
  /** `target` is a repository, or the group of `groupwanted`. */
  | { readonly kind: ExpressionKind; readonly target: string; readonly expression: string }
  | {
      readonly kind: `random${ExpressionKind}`;
      readonly target: string;
      readonly terms: readonly string[];
    }
  | { readonly kind: 'maxsize'; readonly repository: string; readonly sizeBytes: bigint }
  | { readonly kind: 'rebalance'; readonly isOn: boolean }
  | { readonly kind: 'clusternode'; readonly name: string; readonly repository: string }
  | { readonly kind: 'metadata'; readonly file: string; readonly change: MetadataChange }
  /** Without words an interactive shell is meant. */
  | { readonly kind: 'visit'; readonly repository: string; readonly words: readonly string[] }
  | OwnCommand;

/** A command and where it stands. */
export interface Line {
  readonly command: Command;
  /** From 1. */
  readonly line: number;
  /** The line as it was written. */
  readonly text: string;
}
