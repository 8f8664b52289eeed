import type { Clock } from '../../clock/index.ts';
import { peerOfRemote, PeerNode, type PeerLimits } from '../../nodes/index.ts';
import { SizeCheck, type GitConfig, type WrongSizes } from '../../repository/index.ts';
import { Turns } from '../../waiting/index.ts';
import { asError, parseUuid, type Uuid } from '../../units/index.ts';
import { costOf } from '../../annex/index.ts';

/** git-annex's cost of a repository that is reached over a network. */
const peerCost = 200;

/** Remotes over a network, each once for every set of gateways that it is to bypass. */
const peersMax = 1000;

/**
 * How long a peer whose settings have changed is kept after its last use, milliseconds: an upload
 * that found it before may wait for so long until it sends something.
 */
const replacedPeerMs = 2 * 60_000;

/** What a {@link PeerPool} is made of. */
export interface PeerPoolOptions {
  readonly clock: Clock;
  /** The gateway's repository, whose git config names the peers. */
  readonly directory: string;
  /** Limits of the peers' connections. */
  readonly limits: Partial<PeerLimits>;
  /** Told of what went wrong where nobody waits for an answer. */
  readonly onProblem: (error: Error) => void;
  /** Told of contents that a peer was found to have in another size than their keys name. */
  readonly onWrongSizes: (node: string, found: WrongSizes) => void;
}

/**
 * The nodes behind a gateway that are reached over a network. The connections of one stay until its settings
 * in git config change; then it is kept only until what is under way with it has ended.
 */
export class PeerPool {
  readonly #options: PeerPoolOptions;
  /** By remote, and the gateways that it is to bypass. */
  readonly #peers = new Map<string, { readonly settings: string; readonly node: PeerNode }>();
  /** Turns of uploads to peers, by remote. */
  readonly #uploads = new Map<string, Turns>();
  /** What peers were found to have in wrong sizes, by remote. */
  readonly #sizes = new Map<string, SizeCheck>();
  /** Peers whose settings have changed, until what is under way with them has ended. */
  readonly #replaced = new Set<PeerNode>();

  constructor(options: PeerPoolOptions) {
    this.#options = options;
  }

  /**
   * The node that a remote over a network is, with the cost that git config has now; `undefined` when the
   * remote is no such one.
   *
   * @param as.bypass gateways that the peer is not to connect to, besides this one.
   */
  node(
    remote: string,
    { uuid, bypass }: { readonly uuid: Uuid; readonly bypass: readonly Uuid[] },
    config: GitConfig,
  ): PeerNode | undefined {
    const client = parseUuid(config.get('annex.uuid') ?? '');
    if (client === undefined) return undefined;
    const gateways = [client, ...bypass];
    const { directory, limits, clock } = this.#options;
    const at = { server: uuid, client, bypass: gateways, directory, limits, clock };
    const peer = peerOfRemote(remote, config, at);
    const cost = costOf(remote, config, peerCost);
    const settings = `${peer?.settings}`;
    const name = [remote, ...gateways].join(' ');
    const known = this.#peers.get(name);
    if (known?.settings === settings) {
      known.node.cost = cost;
      return known.node;
    }
    this.#peers.delete(name);
    if (peer !== undefined) {
      this.#replaceOldest();
      const shared = this.#sharedOf(remote);
      const node = new PeerNode(peer.connect(), { uuid, name: remote, cost, clock, ...shared });
      this.#peers.set(name, { settings, node });
    }
    if (known !== undefined) this.#replace(known.node);
    return this.#peers.get(name)?.node;
  }

  /** All that is open, also what is kept for its last users, for the caller to close; none is given again. */
  takeAll(): readonly PeerNode[] {
    const all = [...this.#replaced, ...[...this.#peers.values()].map(({ node }) => node)];
    this.#peers.clear();
    this.#replaced.clear();
    return all;
  }

  /** What all connections to one remote have together. */
  #sharedOf(remote: string): { readonly uploads: Turns; readonly sizes: SizeCheck } {
    const uploads = this.#uploads.get(remote) ?? new Turns(this.#options.clock);
    this.#uploads.set(remote, uploads);
    const { onWrongSizes } = this.#options;
    const sizes = this.#sizes.get(remote) ?? new SizeCheck((found) => onWrongSizes(remote, found));
    this.#sizes.set(remote, sizes);
    return { uploads, sizes };
  }

  #replaceOldest(): void {
    const [oldest] = this.#peers;
    if (this.#peers.size < peersMax || oldest === undefined) return;
    this.#peers.delete(oldest[0]);
    this.#replace(oldest[1].node);
  }

  #replace(node: PeerNode): void {
    this.#replaced.add(node);
    node
      .drain(replacedPeerMs)
      .catch((error: unknown) => this.#options.onProblem(asError(error)))
      .finally(() => this.#replaced.delete(node));
  }
}
