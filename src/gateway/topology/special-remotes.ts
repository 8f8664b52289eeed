import { readRemoteLines } from '../../annex/index.ts';
import {
  findSpecial,
  specialTypeOf,
  webUuid,
  type Approvals,
  type SpecialFound,
  type WrittenLines,
} from '../../nodes/index.ts';
import {
  remoteSettings,
  remoteUuid,
  type AnnexBranch,
  type GitConfig,
} from '../../repository/index.ts';
import { asError, type Uuid } from '../../units/index.ts';

/** The special remotes of a gateway's git config. */
export interface SpecialRemotes {
  /** What each is, by its name. */
  readonly specials: ReadonlyMap<string, SpecialFound>;
  /** Special remotes whose settings in the git-annex branch have changed, and wait for approval. */
  readonly unapproved: readonly string[];
}

/**
 * What a gateway's special remotes are, as far as it was approved (spec/special-remotes.md section 9.1). The
 * settings that one has when it is seen first are approved by who set it up in git config; what somebody
 * changes in the branch later waits, and the approved settings stay in use.
 */
export class ApprovedRemotes {
  readonly #branch: Pick<AnnexBranch, 'read'>;
  readonly #approvals: Approvals;
  readonly #onProblem: (error: Error) => void;
  /** Whether there were any when git config was read last: each request asks for the version. */
  #hasAny = false;
  /** What was approved here and could not be written down. */
  readonly #unwritten = new Map<Uuid, string>();

  constructor(
    branch: Pick<AnnexBranch, 'read'>,
    approvals: Approvals,
    onProblem: (error: Error) => void,
  ) {
    this.#branch = branch;
    this.#approvals = approvals;
    this.#onProblem = onProblem;
  }

  /** Changes whenever something was approved. */
  async version(): Promise<string> {
    return this.#hasAny ? await this.#approvals.version() : '';
  }

  /** As of now. */
  async read(remotes: readonly string[], config: GitConfig): Promise<SpecialRemotes> {
    const special = remotes.filter((remote) => specialTypeOf(remote, config) !== undefined);
    this.#hasAny = special.length > 0;
    if (!this.#hasAny) return { specials: new Map(), unapproved: [] };
    const logged = await readRemoteLines(this.#branch);
    const known = new Map([...this.#unwritten, ...(await this.#approvals.read())]);
    const fresh = new Map<Uuid, string>();
    for (const remote of special) {
      // One that was enabled and not approved is left to its approval.
      const isOpen = /^(?:|verified)$/.test(config.get(`remote.${remote}.annex-verified`) ?? '');
      for (const uuid of isOpen ? uuidsOf(remote, config) : []) {
        const line = logged.get(uuid) ?? (uuid === webUuid ? 'type=web' : undefined);
        if (line !== undefined && !known.has(uuid)) fresh.set(uuid, line);
      }
    }
    await this.#adopt(fresh);
    const approved = new Map([...logged, ...fresh, ...known]);
    const lines = new Map([...approved].map(([uuid, line]) => [uuid, remoteSettings(line)]));
    const specials = special.flatMap((remote) => {
      const found = findSpecial(remote, config, lines);
      return found === undefined ? [] : [[remote, found] as const];
    });
    const hasChanged = (uuid: Uuid): boolean =>
      logged.has(uuid) && !isSame(logged.get(uuid), approved.get(uuid));
    return {
      specials: new Map(specials),
      unapproved: special.filter((remote) => uuidsOf(remote, config).some(hasChanged)),
    };
  }

  async #adopt(fresh: WrittenLines): Promise<void> {
    if (fresh.size === 0) return;
    try {
      await this.#approvals.adopt(fresh);
    } catch (error) {
      for (const [uuid, line] of fresh) this.#unwritten.set(uuid, line);
      this.#onProblem(asError(error));
    }
  }
}

/** The repositories whose lines say how a remote is set up: its own, and the one that it is another way to. */
function uuidsOf(remote: string, config: Pick<GitConfig, 'get'>): readonly Uuid[] {
  const uuids = [remoteUuid(remote, config, 'annex-config-uuid'), remoteUuid(remote, config)];
  return [...new Set(uuids.filter((uuid) => uuid !== undefined))];
}

/** Whether two lines have the same settings. */
function isSame(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const [a, b] = [remoteSettings(one), remoteSettings(other)];
  return a.size === b.size && [...a].every(([name, value]) => b.get(name) === value);
}
