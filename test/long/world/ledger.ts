import { nodeNames, type NodeName } from './demo.ts';

/** What clients have been told about a content on a node; `unsure` where an answer did not come. */
export type Told = 'there' | 'gone' | 'unsure';

/** All that a server has acknowledged, key by key and node by node. */
export class Ledger {
  readonly #told = new Map<string, Map<NodeName, Told>>();
  /** Keys of which something changed since they were last verified. */
  readonly #changed = new Set<string>();

  get keys(): readonly string[] {
    return [...this.#told.keys()];
  }

  /** The keys that changed since the last call. */
  takeChanged(): string[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  told(key: string, node: NodeName): Told {
    return this.#told.get(key)?.get(node) ?? 'gone';
  }

  /** The nodes that surely have it. */
  holders(key: string): NodeName[] {
    return nodeNames.filter((name) => this.told(key, name) === 'there');
  }

  note(key: string, nodes: readonly NodeName[], told: Told): void {
    const known = this.#told.get(key) ?? new Map<NodeName, Told>();
    for (const node of nodes) known.set(node, told);
    this.#told.set(key, known);
    this.#changed.add(key);
  }
}
