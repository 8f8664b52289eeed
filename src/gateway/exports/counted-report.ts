import { serializeKey, type Key } from '../../key/index.ts';
import type { ExportReport } from './export-plan.ts';

/** What comes of an export, as it is counted while that runs. */
export interface CountedReport extends ExportReport {
  stored: number;
  readonly missing: string[];
  readonly foreign: string[];
  readonly unknown: (readonly [tree: string, why: string])[];
  readonly failed: (readonly [path: string, why: string])[];
  readonly lost: string[];
}

/** Keys that were not at a path where they might be, each with the first such path. */
export class Unseen {
  readonly #keys = new Map<string, { readonly key: Key; readonly path: string }>();

  get all(): readonly { readonly key: Key; readonly path: string }[] {
    return [...this.#keys.values()];
  }

  add(key: Key | undefined, path: string): void {
    if (key === undefined) return;
    const name = serializeKey(key);
    if (!this.#keys.has(name)) this.#keys.set(name, { key, path });
  }

  /** It is at another path. */
  seen(key: Key | undefined): void {
    if (key !== undefined) this.#keys.delete(serializeKey(key));
  }
}
