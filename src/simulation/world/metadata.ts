/** The values of a field. */
export type MetadataValues = ReadonlySet<string>;

/** The metadata of keys, which is known everywhere at once. */
export class Metadata {
  readonly #fields = new Map<number, Map<string, MetadataValues>>();
  #changes = 0;

  /** A number that changes with any value. */
  get changes(): number {
    return this.#changes;
  }

  /** All keys that have metadata or had any, with their fields. */
  get keys(): ReadonlyMap<number, ReadonlyMap<string, MetadataValues>> {
    return this.#fields;
  }

  /** Values by field; `undefined` for a key that never had any. */
  of(key: number): ReadonlyMap<string, MetadataValues> | undefined {
    return this.#fields.get(key);
  }

  /** Puts values in place of those that a field of a key has. */
  set(key: number, field: string, values: Iterable<string>): void {
    this.#changes += 1;
    const fields = this.#fields.get(key) ?? new Map<string, MetadataValues>();
    this.#fields.set(key, fields);
    fields.set(field, new Set(values));
  }
}
