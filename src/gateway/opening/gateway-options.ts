import type { PeerLimits } from '../../nodes/index.ts';
import type { System } from '../../repository/index.ts';
import type { GatewayLimits } from '../limits.ts';
import type { LockAllowance } from '../stores/lock-table.ts';
import type { NodePoolOptions, Nodes } from '../nodes/node-pool-options.ts';
import type { ScrubSettings } from '../scrub/index.ts';
import type { NotePush } from '../pushes/index.ts';
import type { KeeperSettings } from '../repair/index.ts';
import type { Warn } from '../notices/warn.ts';
import { BallastError } from '../../units/index.ts';

/** A gateway that cannot be opened; the message says what to do. */
export function gatewayUnusable(message: string): BallastError {
  return new BallastError('GATEWAY_UNUSABLE', message);
}

/** How a gateway is opened. */
export interface GatewayOptions {
  /** What all repositories have to do with the machine goes through. Default: this machine. */
  readonly system?: System | undefined;
  /** Makes the nodes behind the gateway. Default: those on this machine, and over the network. */
  readonly nodes?: ((options: NodePoolOptions) => Nodes) | undefined;
  readonly limits?: Partial<GatewayLimits>;
  /** Limits of the connections to remote nodes. */
  readonly peerLimits?: Partial<PeerLimits>;
  /** Shared by repositories that are served together. Default: one of its own. */
  readonly lockAllowance?: LockAllowance | undefined;
  readonly warn: Warn;
  /** Told of each push. Default: nobody is. */
  readonly notePush?: NotePush | undefined;
  /**
   * `lasting`: this process places all uploads to the gateway's clusters until it ends, and is not
   * opened beside another that does. `brief`: it takes turns with others of its kind, and sums up
   * what repositories hold only when it places something. Default: `lasting`.
   */
  readonly placement?: 'lasting' | 'brief';
  /** Whether clusters are kept as they are wanted, and how. Default: they are not looked after. */
  readonly repair?: KeeperSettings | undefined;
  /** When contents are read again to see whether they have rotted. Default: only when somebody asks for it. */
  readonly scrub?: ScrubSettings | undefined;
}
