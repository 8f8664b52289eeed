import { readEquivalents } from '../../annex/index.ts';
import {
  chunkLogOn,
  openSpecial,
  PassingSpace,
  programLogsOn,
  unavailableNode,
  type ExportPlaces,
  type SpecialNode,
  type SpecialSettings,
  type StorageNode,
} from '../../nodes/index.ts';
import type { Timer } from '../../clock/index.ts';
import { serializeKey } from '../../key/index.ts';
import {
  SizeCheck,
  type AnnexBranch,
  type GitConfig,
  type System,
  type WrongSizes,
} from '../../repository/index.ts';
import { Turns } from '../../waiting/index.ts';
import { tellClock } from '../notices/clock-notice.ts';
import type { Notices } from '../notices/notices.ts';
import { costOf } from './cost.ts';
import { asError, type Uuid } from '../../units/index.ts';

/** git-annex's cost of a special remote on a path, and of one over a network. */
const cheap = 100;

/** How long one whose settings have changed is kept for its last users, milliseconds. */
const replacedMs = 2 * 60_000;

/** What a {@link SpecialPool} is made of. */
export interface SpecialPoolOptions {
  readonly system: System;
  /** What relative paths in git config start from. */
  readonly directory: string;
  /** The gateway's `annex` directory. */
  readonly annexDirectory: string;
  /** The gateway's, which keeps the chunk logs. */
  readonly branch: AnnexBranch;
  /** Where trees that were exported to a remote have contents. */
  readonly exportPlaces: (remote: Uuid) => ExportPlaces;
  /** Bytes of a disk that stay free. */
  readonly reserveBytes: number;
  /** Whether what uploads of ended processes left is cleared. */
  readonly isClearing: boolean;
  readonly onProblem: (error: Error) => void;
  /** Told of remotes that cannot be opened. Default: nobody is. */
  readonly notices?: Notices | undefined;
  readonly onWrongSizes: (node: string, found: WrongSizes) => void;
}

interface OpenRemote {
  readonly settings: string;
  readonly node: Promise<SpecialNode>;
}

/**
 * The special remotes behind a gateway, each open until its settings change; then it is kept for a while for
 * what is under way with it.
 */
export class SpecialPool {
  readonly #options: SpecialPoolOptions;
  readonly #opened = new Map<string, OpenRemote>();
  readonly #passing: PassingSpace;
  /** Turns of uploads, by remote. */
  readonly #turns = new Map<string, Turns>();
  readonly #sizes = new Map<string, SizeCheck>();
  /** Those whose settings have changed, with what closes them after a while. */
  readonly #replaced = new Map<OpenRemote, Timer>();

  constructor(options: SpecialPoolOptions) {
    this.#options = options;
    this.#passing = new PassingSpace(options);
  }

  /** The node that a special remote is, with the cost that git config has now; one that cannot be opened says why. */
  async node(settings: SpecialSettings, config: GitConfig): Promise<StorageNode> {
    const { remote, uuid } = settings;
    const cost = costOf(remote, config, cheap);
    const notice = { kind: 'node', subject: `special remote ${remote}` } as const;
    try {
      const node = await this.#open(settings, config, cost);
      this.#options.notices?.clear(notice);
      return node;
    } catch (error) {
      const why = asError(error).message;
      this.#options.notices?.raise({ ...notice, text: `${remote} cannot be used: ${why}` }, error);
      return unavailableNode({ uuid, name: remote, cost, why });
    }
  }

  #open(settings: SpecialSettings, config: GitConfig, cost: number): Promise<SpecialNode> {
    const { remote } = settings;
    const name = fingerprint(settings, config, cost);
    const known = this.#opened.get(remote);
    if (known?.settings === name) return known.node;
    const node = this.#openAnew(settings, config, cost);
    const opened = { settings: name, node };
    this.#opened.set(remote, opened);
    node.catch(() => {
      if (this.#opened.get(remote) === opened) this.#opened.delete(remote);
    });
    if (known !== undefined) this.#replace(known);
    return node;
  }

  async #openAnew(
    settings: SpecialSettings,
    config: GitConfig,
    cost: number,
  ): Promise<SpecialNode> {
    const { system, branch, isClearing, onProblem, onWrongSizes, notices } = this.#options;
    const { remote, uuid } = settings;
    const turns = this.#turns.get(remote) ?? new Turns(system.clock);
    this.#turns.set(remote, turns);
    const sizes = this.#sizes.get(remote) ?? new SizeCheck((found) => onWrongSizes(remote, found));
    this.#sizes.set(remote, sizes);
    const node = await openSpecial(settings, {
      ...this.#options,
      cost,
      config,
      chunkLog: chunkLogOn(branch, uuid, system.clock),
      equivalents: (key) => readEquivalents(key, branch),
      programLogs: programLogsOn(branch, uuid, system.clock),
      exportPlaces: this.#options.exportPlaces(uuid),
      turns,
      passing: this.#passing,
      tell: {
        otherSize: (key) => sizes.note(key, Buffer.from(serializeKey(key))),
        settled: (key) => sizes.forget(Buffer.from(serializeKey(key))),
        wrongContent: (key, how) =>
          onProblem(new Error(`what ${remote} has of ${serializeKey(key)} ${how}`)),
        clockAhead: (seconds) => {
          if (notices !== undefined) tellClock(notices, remote, seconds);
        },
      },
    });
    if (isClearing) node.clear().catch((error: unknown) => onProblem(asError(error)));
    return node;
  }

  #replace(opened: OpenRemote): void {
    const close = async (): Promise<void> => {
      this.#replaced.delete(opened);
      try {
        await (await opened.node).close();
      } catch (error) {
        this.#options.onProblem(asError(error));
      }
    };
    const timer = this.#options.system.clock.after(replacedMs, () => void close());
    timer.unref();
    this.#replaced.set(opened, timer);
  }

  /** All that is open, for the caller to close; none is given again. */
  takeAll(): readonly (readonly [name: string, node: Promise<SpecialNode>])[] {
    for (const timer of this.#replaced.values()) timer.close();
    const replaced = [...this.#replaced.keys()].map(({ node }) => ['replaced', node] as const);
    const all = [...this.#opened].map(([name, { node }]) => [name, node] as const);
    this.#opened.clear();
    this.#replaced.clear();
    return [...all, ...replaced];
  }
}

/** What changes when a remote has to be opened anew. */
function fingerprint(
  { remote, values, uuid, readOnly }: SpecialSettings,
  config: GitConfig,
  cost: number,
): string {
  const own = [...config.names()].filter(
    (name) => name.startsWith(`remote.${remote}.`) || name.startsWith('annex.security.'),
  );
  return JSON.stringify([
    uuid,
    cost,
    readOnly,
    [...values],
    own.map((name) => [name, config.getAll(name)]),
    config.get('gpg.program'),
  ]);
}
