import {
  loadNativeHasher,
  LocalRepositoryNode,
  unavailableNode,
  type SpecialFound,
  type StorageNode,
} from '../../nodes/index.ts';
import {
  readUnhonoured,
  RefusedSettingError,
  remotePath,
  remoteUuid,
  Repository,
  settingSentence,
  unhonouredOfRemote,
  type FoundSetting,
  type GitConfig,
  type System,
  type WrongSizes,
} from '../../repository/index.ts';
import { within } from '../../waiting/index.ts';
import { asError, type Uuid } from '../../units/index.ts';
import { whyNoNode } from '../topology/remote-kind.ts';
import { SpecialPool } from './special-pool.ts';
import { costOf } from '../../annex/index.ts';
import type { NodePoolOptions, Nodes } from './node-pool-options.ts';
import { PeerPool } from './peer-pool.ts';
import { isToldElsewhere, nodeOpenTimeout, unopened } from './unopened.ts';
import type { Notices } from '../notices/notices.ts';
import { branchNotices } from '../notices/branch-notices.ts';

/** git-annex's cost of a repository on the same machine. */
const localCost = 100;

/**
 * How long a request waits for a node on a local path to be opened, milliseconds: some gits are started
 * for that, and a busy machine is given its time.
 */
const openMs = 10_000;

/** How long a node may take to be closed, milliseconds: all that was acknowledged is durable before. */
const closeMs = 3_000;

/** What stands for a node. */
interface Closable {
  readonly uuid: Uuid;
  close(): Promise<void>;
}

interface OpenNode {
  readonly path: string;
  readonly repository: Repository;
}

/**
 * The nodes behind a gateway, opened when they are first needed and again when what is at their
 * place has changed. A node that cannot be opened is one that says why whenever it is asked.
 */
export class NodePool implements Nodes {
  readonly #directory: string;
  readonly #system: System;
  readonly #answerMs: number;
  readonly #lockRenewMs: number;
  readonly #onProblem: (error: Error) => void;
  readonly #onWrongSizes: (node: string, found: WrongSizes) => void;
  readonly #notices: Notices | undefined;
  /** Remotes, with their paths, whose opening has taken too long and goes on. */
  readonly #late = new Set<string>();
  readonly #tell: (remote: string, found: readonly FoundSetting[]) => void;
  /** Remotes on local paths that a request has asked for. */
  readonly #used = new Set<string>();
  readonly #opened = new Map<string, Promise<OpenNode>>();
  readonly #peers: PeerPool;
  readonly #specials: SpecialPool | undefined;
  readonly #special: (remote: string) => Promise<SpecialFound | undefined>;

  constructor(options: NodePoolOptions) {
    this.#directory = options.directory;
    this.#system = options.system;
    this.#answerMs = options.answerMs;
    this.#lockRenewMs = options.lockRenewMs;
    this.#onProblem = options.onProblem;
    this.#onWrongSizes = options.onWrongSizes ?? (() => undefined);
    this.#notices = options.notices;
    this.#tell = options.tell ?? (() => undefined);
    const { specials } = options;
    this.#special = specials?.found ?? ((): Promise<undefined> => Promise.resolve(undefined));
    this.#specials =
      specials && new SpecialPool({ ...options, ...specials, onWrongSizes: this.#onWrongSizes });
    this.#peers = new PeerPool({
      clock: this.#system.clock,
      directory: this.#directory,
      limits: options.peerLimits ?? {},
      onProblem: this.#onProblem,
      onWrongSizes: this.#onWrongSizes,
    });
  }

  /**
   * The node behind a remote of the gateway's git config that has an `annex-uuid`.
   *
   * @param bypass gateways that a node elsewhere is not to connect to, besides this one.
   */
  async node(
    remote: string,
    config: GitConfig,
    bypass: readonly Uuid[] = [],
  ): Promise<StorageNode | undefined> {
    const uuid = remoteUuid(remote, config);
    if (uuid === undefined) return undefined;
    const cost = costOf(remote, config, localCost);
    const refuse = (why: string): StorageNode => unavailableNode({ uuid, name: remote, cost, why });
    const special = await this.#special(remote);
    const specials = new Map(special === undefined ? [] : [[remote, special]]);
    const whyNot = whyNoNode(remote, { config, specials });
    if (whyNot !== undefined) return refuse(`it ${whyNot}`);
    const kind = special?.kind === 'special' ? 'special' : 'repository';
    const refused = unhonouredOfRemote(remote, config, kind).find(
      ({ treatment }) => treatment === 'refused',
    );
    if (refused !== undefined) return refuse(settingSentence(refused));
    if (special?.kind === 'special' && this.#specials !== undefined) {
      return await this.#specials.node(special.settings, config);
    }
    const peer = this.#peers.node(remote, { uuid, bypass }, config);
    if (peer !== undefined) return peer;

    const path = remotePath(remote, config, this.#directory);
    if (path === undefined) return refuse('it has no path');
    try {
      const repository = await this.#promptly(remote, path);
      if (repository.uuid !== uuid) throw new Error(`${path} is another repository now`);
      this.#notices?.clear(unopened(remote));
      return new LocalRepositoryNode(repository, { name: remote, cost });
    } catch (error) {
      if (!isToldElsewhere(error)) this.#notices?.raise(unopened(remote), error);
      return refuse(error instanceof Error ? error.message : String(error));
    }
  }

  /** The repositories that are open now. */
  async opened(): Promise<Repository[]> {
    const all = await Promise.allSettled(this.#opened.values());
    return all.flatMap((one) => (one.status === 'fulfilled' ? [one.value.repository] : []));
  }

  /**
   * Ends all of it. What hangs is left alone, and not waited for where that is known.
   *
   * @returns the names of the nodes that were left.
   */
  async close(hangs: (node: Uuid) => boolean = () => false): Promise<readonly string[]> {
    const left = new Set<string>();
    const close = async (name: string, opening: Promise<Closable> | Closable): Promise<void> => {
      try {
        const closing = closed(opening, hangs);
        const error = (): Error => new Error(`${name} was not closed within ${closeMs} ms`);
        if (
          (await within(closing, { clock: this.#system.clock, limitMs: closeMs, error })) === 'left'
        )
          left.add(name);
      } catch (error) {
        left.add(name);
        this.#onProblem(asError(error));
      }
    };
    const opened = [...this.#opened].map(([name, opening]) =>
      close(
        name,
        opening.then(({ repository }) => repository),
      ),
    );
    this.#opened.clear();
    const special = (this.#specials?.takeAll() ?? []).map(([name, node]) => close(name, node));
    const peers = this.#peers.takeAll().map((node) => close(node.name, node));
    await Promise.all([...opened, ...peers, ...special]);
    return [...left];
  }

  /** A node that has kept somebody waiting for long keeps nobody else waiting. */
  #promptly(remote: string, path: string): Promise<Repository> {
    const name = `${remote} ${path}`;
    const limitMs = Math.min(openMs, this.#answerMs);
    const late = (): Error => nodeOpenTimeout(limitMs);
    if (this.#late.has(name)) return Promise.reject(late());
    const opening = this.#openAsSet(remote, path);
    const notice = { kind: 'node', subject: remote } as const;
    const error = (): Error => {
      this.#late.add(name);
      const text = `node ${remote} is not open yet, as its disk does not answer`;
      this.#notices?.raise({ ...notice, text });
      const ended = (): void => {
        this.#late.delete(name);
        this.#notices?.clear(notice);
      };
      opening.then(ended, ended);
      return late();
    };
    return within(opening, { clock: this.#system.clock, limitMs, error });
  }

  #inTime<T>(act: Promise<T>): Promise<T> {
    const error = (): Error => new Error(`no answer within ${this.#answerMs} ms`);
    return within(act, { clock: this.#system.clock, limitMs: this.#answerMs, error });
  }

  /** @throws RefusedSettingError for a repository with settings with which it is not used. */
  async #openAsSet(remote: string, path: string): Promise<Repository> {
    this.#used.add(remote);
    try {
      const repository = await this.#open(remote, path);
      this.#tell(remote, await repository.settings.current());
      await repository.settings.assertNoneRefused();
      return repository;
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined;
      if (cause instanceof RefusedSettingError) this.#tell(remote, [cause.data.found]);
      throw error;
    }
  }

  /** Tells the settings of nodes on local paths that are not honoured, before they are used. */
  async tellSettings(remotes: readonly string[], config: GitConfig): Promise<void> {
    const told = remotes.map(async (remote) => {
      const special = await this.#special(remote);
      if (special?.kind === 'special') return await this.#tryOnce(remote, config);
      const path = remotePath(remote, config, this.#directory);
      if (path === undefined || special !== undefined) return;
      if (whyNoNode(remote, { config, specials: new Map() }) !== undefined) return;
      const found = await this.#inTime(readUnhonoured(path, this.#system));
      // Whoever has used it since knows better.
      if (!this.#used.has(remote)) this.#tell(remote, found);
    });
    // What cannot be read now is told of when it is asked.
    await Promise.allSettled(told);
  }

  /** A special remote that cannot be used is told of before somebody asks it. */
  async #tryOnce(remote: string, config: GitConfig): Promise<void> {
    const node = await this.node(remote, config);
    try {
      await node?.probe('question');
    } catch (error) {
      this.#onProblem(asError(error));
    }
  }

  async #open(remote: string, path: string): Promise<Repository> {
    const opening = this.#opened.get(remote);
    const known = await opening?.catch(() => undefined);
    if (known !== undefined) {
      if (known.path === path && (await known.repository.isInPlace())) return known.repository;
      // Of several requests that find it gone, the first takes it out and closes it.
      if (this.#opened.get(remote) === opening) {
        this.#opened.delete(remote);
        await known.repository.close();
      }
    }
    return await this.#openAnew(remote, path);
  }

  async #openAnew(remote: string, path: string): Promise<Repository> {
    // Requests that come at once share one opening; one object stands for a repository.
    let opening = this.#opened.get(remote);
    if (opening === undefined) {
      const options = {
        system: this.#system,
        onProblem: this.#onProblem,
        onTrouble: this.#notices && branchNotices(this.#notices, remote),
        lockRenewMs: this.#lockRenewMs,
        loadHasher: loadNativeHasher,
        onWrongSizes: (found: WrongSizes) => this.#onWrongSizes(remote, found),
      };
      opening = Repository.open(path, options).then((repository) => ({ path, repository }));
      this.#opened.set(remote, opening);
      const mine = opening;
      opening.catch(() => {
        if (this.#opened.get(remote) === mine) this.#opened.delete(remote);
      });
    }
    return (await opening).repository;
  }
}

/** What is known to hang is begun to be closed, and left. */
async function closed(
  opening: Promise<Closable> | Closable,
  hangs: (node: Uuid) => boolean,
): Promise<'closed' | 'left'> {
  const one = await opening;
  const closing = one.close();
  if (!hangs(one.uuid)) {
    await closing;
    return 'closed';
  }
  closing.catch(() => undefined); // nobody waits for it
  return 'left';
}
