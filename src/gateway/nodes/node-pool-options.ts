import type { ExportPlaces, PeerLimits, SpecialFound, StorageNode } from '../../nodes/index.ts';
import type {
  AnnexBranch,
  FoundSetting,
  GitConfig,
  Repository,
  System,
  WrongSizes,
} from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Notices } from '../notices/notices.ts';

/** The nodes behind a gateway: what it has to do with them goes through these, and through the nodes. */
export interface Nodes {
  /**
   * The node behind a remote of the gateway's git config; `undefined` for a remote that is none. One that
   * cannot be used says why whenever it is asked.
   * @param bypass gateways that a node elsewhere is not to connect to, besides this one.
   */
  node(
    remote: string,
    config: GitConfig,
    bypass?: readonly Uuid[],
  ): Promise<StorageNode | undefined>;
  /** The repositories of nodes on this machine that are open now. */
  opened(): Promise<Repository[]>;
  /** Tells the settings of nodes that are not honoured, before they are used. */
  tellSettings(remotes: readonly string[], config: GitConfig): Promise<void>;
  /**
   * Ends all of it.
   * @param hangs whether a node is known not to answer; it is not waited for.
   * @returns the names of the nodes that were left.
   */
  close(hangs?: (node: Uuid) => boolean): Promise<readonly string[]>;
}

/** What the special remotes of a gateway need of it. */
export interface SpecialSources {
  /** What a remote of git config is that is a special remote; `undefined` for any other. */
  readonly found: (remote: string) => Promise<SpecialFound | undefined>;
  /** The gateway's `annex` directory. */
  readonly annexDirectory: string;
  /** The gateway's git-annex branch, where the chunk logs are. */
  readonly branch: AnnexBranch;
  /** Where trees that were exported to a remote have contents. */
  readonly exportPlaces: (remote: Uuid) => ExportPlaces;
  /** Bytes of a disk that uploads leave free: `annex.diskreserve`. */
  readonly reserveBytes: number;
  /** Whether what uploads of ended processes left is cleared: not by a process for one client. */
  readonly isClearing: boolean;
}

/** What a pool of nodes is made with. */
export interface NodePoolOptions {
  /** What relative paths in the gateway's git config start from. */
  readonly directory: string;
  /** The machine that the gateway is on, and nodes on local paths are. */
  readonly system: System;
  /** What special remotes are opened with. Default: there are none. */
  readonly specials?: SpecialSources;
  /** How long a node may take to be opened or closed, milliseconds. */
  readonly answerMs: number;
  /** How often the promise of a content lock is renewed, milliseconds. */
  readonly lockRenewMs: number;
  /** Limits of connections to remote nodes that are not the usual ones. */
  readonly peerLimits?: Partial<PeerLimits>;
  readonly onProblem: (error: Error) => void;
  /** Told of a node's files that have not the size which their keys name. Default: nobody is. */
  readonly onWrongSizes?: (node: string, found: WrongSizes) => void;
  /** Told of nodes that cannot be opened, and whose branch cannot be written. Default: nobody is. */
  readonly notices?: Notices;
  /** Told which settings of a node's repository are not honoured, whenever it is used. */
  readonly tell?: (remote: string, found: readonly FoundSetting[]) => void;
}
