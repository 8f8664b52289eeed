import type { TrustLevel } from '../../placement/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Contents } from './contents.ts';
import type { DiskRoom } from './disks.ts';
import type { Network } from './network.ts';
import type { Views } from './views.ts';

/** A repository of a simulation, to be looked at. */
export interface SimulatedRepository {
  /** The name that it is called by; with `use` there may be others. */
  readonly name: string;
  readonly uuid: Uuid;
  readonly isSpecialRemote: boolean;
  /** Its names as a cluster node. */
  readonly nodeNames: readonly string[];
  /** The names of its remotes, whether or not these exist. */
  readonly remotes: readonly string[];
  readonly trust: TrustLevel;
  readonly groups: readonly string[];
  readonly wanted: string | undefined;
  readonly required: string | undefined;
  readonly maxsizeBytes: bigint | undefined;
  /** What fits on its disk; `undefined` where that has no end. */
  readonly diskBytes: bigint | undefined;
  /** Whether nobody reaches it at this moment. */
  readonly isDown: boolean;
}

/** What one repository believes about another; both by name, the names of nodes too. */
export interface Belief {
  /** Whose view. */
  readonly view: string;
  /** About whom; the repository itself when left out, which is what it really has. */
  readonly repository?: string;
}

/** What is looked at. */
interface WindowOptions {
  readonly contents: Contents;
  readonly views: Views;
  readonly network: Network;
  readonly disks: DiskRoom;
}

/** A simulation looked at from outside, by names. It changes as the simulation goes on. */
export class SimulationWindow {
  readonly #contents: Contents;
  readonly #views: Views;
  readonly #network: Network;
  readonly #disks: DiskRoom;

  constructor({ contents, views, network, disks }: WindowOptions) {
    this.#contents = contents;
    this.#views = views;
    this.#network = network;
    this.#disks = disks;
  }

  /** All repositories, in the order in which they came. */
  get repositories(): readonly SimulatedRepository[] {
    const { nodes, repositories, reach } = this.#network;
    return repositories.map((repository, number) => ({
      name: repository.name,
      uuid: repository.uuid,
      isSpecialRemote: repository.isSpecialRemote,
      nodeNames: [...nodes].filter(([, node]) => node === number).map(([name]) => name),
      remotes: [...repository.remotes],
      trust: repository.trust,
      groups: [...repository.groups],
      wanted: repository.wanted,
      required: repository.required,
      maxsizeBytes: repository.maxsizeBytes,
      diskBytes: this.#disks.sizes.get(number),
      isDown: reach.down.has(number),
    }));
  }

  get numcopies(): number {
    return this.#network.numcopies;
  }

  get mincopies(): number {
    return this.#network.mincopies;
  }

  get groupwanted(): ReadonlyMap<string, string> {
    return this.#network.groupwanted;
  }

  get fileCount(): number {
    return this.#contents.fileCount;
  }

  /** The names of all files, in the order of their bytes. */
  *files(): Generator<string> {
    for (const file of this.#contents.order()) yield this.#contents.fileName(file);
  }

  /** The size of a file's content; `undefined` for a file that there is not. */
  fileBytes(file: string): bigint | undefined {
    const number = this.#contents.file(file);
    return number === undefined ? undefined : this.#contents.bytes(this.#contents.keyOf(number));
  }

  /** The key of a file as it stands in logs; made when it is asked for. */
  fileKey(file: string): string | undefined {
    const number = this.#contents.file(file);
    return number === undefined ? undefined : this.#contents.keyText(this.#contents.keyOf(number));
  }

  /** The number of a file's key, by which events tell it. */
  keyNumber(file: string): number | undefined {
    const number = this.#contents.file(file);
    return number === undefined ? undefined : this.#contents.keyOf(number);
  }

  /** Whether a repository really holds a key; both by number, repositories in the order of their list. */
  isHeld(key: number, repository: number): boolean {
    return this.#views.holds(repository, repository, key);
  }

  /** The metadata of a file's content: values by field. */
  metadata(file: string): ReadonlyMap<string, ReadonlySet<string>> {
    const number = this.#contents.file(file);
    const key = number === undefined ? -1 : this.#contents.keyOf(number);
    return this.#contents.metadata.of(key) ?? new Map<string, ReadonlySet<string>>();
  }

  /** Whether a repository holds a file, in a view; false for names that there are not. */
  holds(file: string, belief: Belief): boolean {
    const found = this.#find(belief);
    const number = this.#contents.file(file);
    if (found === undefined || number === undefined) return false;
    return this.#views.holds(found.view, found.repository, this.#contents.keyOf(number));
  }

  /** Bytes of all keys that a repository holds, in a view, also of those without a file. */
  bytes(belief: Belief): bigint {
    const found = this.#find(belief);
    return found === undefined ? 0n : this.#views.bytes(found.view, found.repository);
  }

  /** How many keys these are. */
  keyCount(belief: Belief): number {
    const found = this.#find(belief);
    return found === undefined ? 0 : this.#views.keyCount(found.view, found.repository);
  }

  #find(belief: Belief): { readonly view: number; readonly repository: number } | undefined {
    const view = this.#network.find(belief.view);
    const repository = this.#network.find(belief.repository ?? belief.view);
    return view === undefined || repository === undefined ? undefined : { view, repository };
  }
}
