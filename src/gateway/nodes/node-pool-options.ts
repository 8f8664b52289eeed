import type { PeerLimits } from '../../nodes/index.ts';
import type { System, FoundSetting, WrongSizes } from '../../repository/index.ts';
import type { Notices } from '../notices/notices.ts';

/** What a pool of nodes is made with. */
export interface NodePoolOptions {
  /** What relative paths in the gateway's git config start from. */
  readonly directory: string;
  /** The machine that the gateway is on, and nodes on local paths are. */
  readonly system: System;
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
