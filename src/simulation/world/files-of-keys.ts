import { longerBytes, longerInts, type Ints } from './growing.ts';

/** Which files have a key. The lists are made when they are asked for, and kept up from then on. */
export class FilesOfKeys {
  #hadFile = new Uint8Array(0);
  /** By key: the last file that got it, plus one. */
  #latest: Ints | undefined;
  /** By file: the one that got its key before it, plus one. */
  #earlier: Ints = new Int32Array(0);

  /** A new file has a key; whether no file ever had it. */
  add(file: number, key: number): boolean {
    const isFirst = (this.#hadFile[key] ?? 0) === 0;
    this.#hadFile = longerBytes(this.#hadFile, key + 1);
    this.#hadFile[key] = 1;
    if (this.#latest !== undefined) this.#link(this.#latest, file, key);
    return isFirst;
  }

  /** Some file has another key. */
  forget(): void {
    this.#latest = undefined;
  }

  #link(latest: Ints, file: number, key: number): void {
    this.#latest = longerInts(latest, key + 1);
    this.#earlier = longerInts(this.#earlier, file + 1);
    this.#earlier[file] = this.#latest[key] ?? 0;
    this.#latest[key] = file + 1;
  }

  /** The files that have a key, removed ones among them. */
  *of(key: number, fileKeys: Ints, fileNumbers: number): Generator<number> {
    if (this.#latest === undefined) {
      this.#latest = new Int32Array(0);
      for (let file = 0; file < fileNumbers; file += 1) {
        this.#link(this.#latest, file, fileKeys[file] ?? 0);
      }
    }
    for (let next = this.#latest[key] ?? 0; next > 0; next = this.#earlier[next - 1] ?? 0) {
      yield next - 1;
    }
  }
}
