const slash = 0x2f;

/**
 * Where the content of a key stands, and what stands beside it (spec/git-annex-branch.md section
 * 2). Most questions look at the content alone, so that the other paths are made when they are
 * asked for.
 */
export class ObjectLocation {
  readonly content: Buffer;
  readonly #objectsLength: number;
  readonly #hashLength: number;
  readonly #nameLength: number;

  /**
   * @param objects the object directory.
   * @param hashDirectory `pX/ZJ/` or `f87/4d5/`.
   * @param name the key's file name.
   */
  constructor(objects: Buffer, hashDirectory: string, name: Buffer) {
    this.#objectsLength = objects.length;
    this.#hashLength = hashDirectory.length;
    this.#nameLength = name.length;
    const content = Buffer.allocUnsafe(
      objects.length + 1 + hashDirectory.length + name.length + 1 + name.length,
    );
    objects.copy(content);
    content[objects.length] = slash;
    let end = objects.length + 1;
    end += content.write(hashDirectory, end, 'latin1');
    end += name.copy(content, end);
    content[end] = slash;
    name.copy(content, end + 1);
    this.content = content;
  }

  /** The object directory and the two hash directories, outermost first. */
  get ancestors(): readonly Buffer[] {
    const inner = this.#objectsLength + this.#hashLength;
    const outer = this.content.lastIndexOf(slash, inner - 1);
    return [this.#objectsLength, outer, inner].map((end) => this.content.subarray(0, end));
  }

  /** The directory of the key. */
  get directory(): Buffer {
    return this.content.subarray(0, this.content.length - this.#nameLength - 1);
  }

  /** `.lck`: locked by who keeps or removes the content. */
  get lock(): Buffer {
    return this.#beside('.lck');
  }

  /** `.rtm`: until when the content stays although nobody holds the lock. */
  get retention(): Buffer {
    return this.#beside('.rtm');
  }

  /** `.rtl`: locked while the retention file is read or written. */
  get retentionLock(): Buffer {
    return this.#beside('.rtl');
  }

  #beside(suffix: string): Buffer {
    return Buffer.concat([this.content, Buffer.from(suffix)]);
  }
}
