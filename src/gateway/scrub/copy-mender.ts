import type { Key } from '../../key/index.ts';
import type { CopyQuarantine, StorageNode } from '../../nodes/index.ts';
import { asError, isClusterUuid, isErrorCode, type Uuid } from '../../units/index.ts';
import { Turns } from '../../waiting/index.ts';
import { checkCopy, type CheckParts, type CopyVerdict } from './copy-check.ts';
import type { OwedCopies, OwedReason } from './owed-copies.ts';
import type { ReadingPace } from './reading-pace.ts';
import { restoreCopy, type Restored } from './restore-copy.ts';

/**
 * What was found of a copy, and done about it. `good`; `noted`: good, and no log had it; `nothing`: neither there nor
 * in the log; `damaged` and `gone`: not what it should be; `unread`: nothing is known of it; `away`: nothing is known
 * of the whole node.
 */
export type CopyFinding =
  | { readonly kind: 'good' | 'noted'; readonly bytes: number }
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'damaged';
      readonly bytes: number;
      /** What was done with it; `undefined` where nobody but who has the node may do anything. */
      readonly quarantined: CopyQuarantine | undefined;
      /** Why nothing was done with it, where that was tried. */
      readonly failure?: unknown;
      readonly restored?: Restored;
    }
  | { readonly kind: 'gone'; readonly restored?: Restored }
  | { readonly kind: 'unread'; readonly why: string }
  | { readonly kind: 'away'; readonly why: string };

/** What mending copies needs of a gateway. */
export interface MenderParts extends CheckParts {
  readonly owed: Pick<OwedCopies, 'add' | 'pay' | 'has'>;
  readonly nowSeconds: () => number;
  /** Repositories that the location log says have a key. */
  readonly locations: (key: Key) => Promise<readonly Uuid[]>;
  /** All nodes that a copy may be made from, cheapest first. */
  readonly sources: () => Promise<readonly StorageNode[]>;
  /** Keeps the bytes of what is removed at a special remote; where they are. */
  readonly keep: (key: Key, bytes: AsyncIterable<Uint8Array>) => Promise<string>;
  /** Remembers a copy that is to be made again, where it is a cluster's. */
  readonly missing: (key: Key, node: StorageNode) => Promise<void>;
  readonly clock: CheckParts['work']['clock'];
}

/** A copy, and how it is looked at. */
export interface Looked {
  readonly node: StorageNode;
  readonly key: Key;
  readonly pace: ReadingPace;
  readonly signal: AbortSignal;
}

/**
 * Looks at copies, and makes good those that are not as they should be:
 *
 * 1. it is read to its end; one that is wrong is read twice, since this machine errs too, if rarely;
 * 2. what is owed is written down (`owed`), so that whoever comes after a crash goes on from there;
 * 3. what is wrong is taken out of the way at its node, and the logs say so, in the turn of node and key;
 * 4. it is read from another node that has it, hashed on its way, and stored as uploads are;
 * 5. what is owed is paid. Otherwise it is tried again.
 *
 * Nothing is ever thrown away here: what is wrong is moved, also where there is nothing to put in its place, as
 * whoever reads it would be told that there is a content.
 */
export class CopyMender {
  readonly #parts: MenderParts;
  readonly #keeping: Turns;

  constructor(parts: MenderParts) {
    this.#parts = parts;
    this.#keeping = new Turns(parts.clock);
  }

  /** @throws the signal's reason. What else goes wrong is a finding. */
  async look(copy: Looked): Promise<CopyFinding> {
    try {
      const finding = await this.#look(copy);
      if (isSettled(finding)) await this.#parts.owed.pay({ key: copy.key, node: copy.node.uuid });
      return finding;
    } catch (error) {
      copy.signal.throwIfAborted();
      return await this.#unknown(copy, error);
    }
  }

  async #look(copy: Looked): Promise<CopyFinding> {
    const { node, key } = copy;
    const verdict = await this.#verdict(copy);
    switch (verdict.kind) {
      case 'good': {
        if (await this.#isLogged(node, key)) return { kind: 'good', bytes: verdict.bytes };
        await this.#parts.work.settle(node, key);
        return { kind: 'noted', bytes: verdict.bytes };
      }
      case 'wrong':
        return await this.#damaged(copy, verdict);
      case 'absent':
        return await this.#absent(copy);
      case 'unverifiable':
        return { kind: 'unread', why: 'its hash is not known here' };
      case 'unknown':
        return await this.#unknown(copy, verdict.error);
    }
  }

  async #verdict(copy: Looked): Promise<CopyVerdict> {
    const first = await checkCopy(copy, this.#parts, copy);
    if (first.kind !== 'wrong') return first;
    const second = await checkCopy(copy, this.#parts, copy);
    if (second.kind !== 'wrong' || second.state === first.state) return second;
    return { kind: 'unknown', error: new Error('it changed while it was looked at') };
  }

  async #damaged(
    copy: Looked,
    { bytes, state }: Extract<CopyVerdict, { kind: 'wrong' }>,
  ): Promise<CopyFinding> {
    if (!mayMove(copy.node)) return { kind: 'damaged', bytes, quarantined: undefined };
    await this.#owe(copy, 'damaged');
    let quarantined: CopyQuarantine | undefined;
    try {
      quarantined = await this.#quarantine(copy, state);
    } catch (failure) {
      copy.signal.throwIfAborted();
      return { kind: 'damaged', bytes, quarantined: undefined, failure };
    }
    if (quarantined?.outcome === 'locked') return { kind: 'damaged', bytes, quarantined };
    if (quarantined?.outcome !== 'moved') {
      return { kind: 'unread', why: 'it was replaced or removed while it was looked at' };
    }
    const restored = await this.#restore(copy);
    return { kind: 'damaged', bytes, quarantined, restored };
  }

  /** What cannot be opened may be a file of a wrong size, which is moved as well. */
  async #absent(copy: Looked): Promise<CopyFinding> {
    const { node, key } = copy;
    const isLogged = await this.#isLogged(node, key);
    const isOwed = this.#parts.owed.has({ node: node.uuid, key });
    if (isLogged || isOwed) await this.#owe(copy, 'gone');
    const quarantined = await this.#quarantine(copy, undefined);
    if (quarantined?.outcome === 'moved') {
      return { kind: 'damaged', bytes: 0, quarantined, restored: await this.#restore(copy) };
    }
    if (!isLogged && !isOwed) return { kind: 'nothing' };
    await this.#parts.work.settle(node, key);
    if (await this.#isLogged(node, key)) return { kind: 'good', bytes: 0 };
    return { kind: 'gone', restored: await this.#restore(copy) };
  }

  async #quarantine(
    { node, key }: Looked,
    state: string | undefined,
  ): Promise<CopyQuarantine | undefined> {
    if (!mayMove(node)) return undefined;
    const keep = (bytes: AsyncIterable<Uint8Array>): Promise<string> =>
      this.#keeping.run('', () => this.#parts.keep(key, bytes));
    return await this.#parts.work.quarantine(node, key, { state, keep });
  }

  async #restore(copy: Looked): Promise<Restored> {
    const { node, key, signal } = copy;
    const located = await this.#parts.locations(key);
    const holders = located.filter((uuid) => uuid !== node.uuid && !isClusterUuid(uuid));
    const all = await this.#parts.sources();
    const sources = all.filter(({ uuid }) => holders.includes(uuid));
    const beyond = holders.length - sources.length;
    const restored = await restoreCopy({ node, key, sources, beyond, signal }, this.#parts.work);
    if (restored.kind !== 'restored') await this.#parts.missing(key, node);
    return restored;
  }

  /** A node that does not answer anything is away, and otherwise it is this one copy that cannot be read. */
  async #unknown(copy: Looked, error: unknown): Promise<CopyFinding> {
    const { node, key, signal } = copy;
    const why = asError(error).message;
    try {
      await this.#parts.work.ask(node, () => node.probe('question'), { signal });
    } catch {
      signal.throwIfAborted();
      return { kind: 'away', why };
    }
    if (isErrorCode(error, 'NODE_SUSPECTED')) return { kind: 'away', why };
    if (await this.#isLogged(node, key)) await this.#owe(copy, 'unread');
    return { kind: 'unread', why };
  }

  async #owe({ node, key }: Looked, why: OwedReason): Promise<void> {
    const sinceSeconds = this.#parts.nowSeconds();
    await this.#parts.owed.add({ node: node.uuid, key, why, sinceSeconds });
  }

  async #isLogged(node: StorageNode, key: Key): Promise<boolean> {
    return (await this.#parts.locations(key)).includes(node.uuid);
  }
}

/** Whether a damaged content of a node is moved from here: not where others have the place, or it is there to be read. */
function mayMove(node: StorageNode): boolean {
  return node.quarantine !== undefined && node.readOnly === undefined;
}

/** Whether nothing is left to be done about a copy. */
function isSettled(finding: CopyFinding): boolean {
  if (finding.kind === 'damaged' || finding.kind === 'gone') {
    return finding.restored?.kind === 'restored';
  }
  return finding.kind === 'good' || finding.kind === 'noted' || finding.kind === 'nothing';
}
