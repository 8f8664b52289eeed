import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A small ext4 of its own, on a loop device, that can be made sick. It is thawed, unmounted and
 * removed when its process ends, however that ends: a file system that stays frozen stops whoever
 * touches it for good.
 */
export class LoopDisk {
  readonly image: string;
  /** Where it is mounted. */
  readonly directory: string;
  readonly #keeper: ChildProcess;

  private constructor(place: string) {
    this.image = join(place, 'image');
    this.directory = join(place, 'disk');
    // Its input ends with this process.
    const script =
      'trap "" INT TERM HUP; cat; fsfreeze -u "$0"; umount -l "$0"; rm -f "$1"; rmdir "$0"';
    this.#keeper = spawn('sh', ['-c', script, this.directory, this.image], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    this.#keeper.unref();
  }

  /** Whether the machine lets this process have one; only root may. */
  static isPossible(place: string): boolean {
    try {
      LoopDisk.make(place, { sizeMiB: 16 }).end();
      return true;
    } catch {
      return false;
    }
  }

  /** @param place a directory of its own. */
  static make(place: string, options: { readonly sizeMiB: number }): LoopDisk {
    mkdirSync(place, { recursive: true });
    const disk = new LoopDisk(place);
    execFileSync('truncate', ['-s', `${options.sizeMiB}M`, disk.image]);
    execFileSync('mkfs.ext4', ['-q', '-m', '0', disk.image]);
    disk.#mount();
    return disk;
  }

  /**
   * What this disk would hold if the power were cut now: what has reached the device, and nothing
   * that waits in memory to be written. Nobody may be writing meanwhile; it is read until nothing
   * has changed from one reading to the next, so that it is of one moment.
   *
   * @param place a directory of its own, for the disk after the cut.
   */
  afterCut(place: string): LoopDisk {
    mkdirSync(place, { recursive: true });
    const disk = new LoopDisk(place);
    do {
      execFileSync('cp', ['--sparse=always', this.image, disk.image]);
    } while (!quietly('cmp', '-s', this.image, disk.image));
    disk.#mount();
    return disk;
  }

  /** Nothing is written for its age alone, so that only what is synced is on it. */
  #mount(): void {
    mkdirSync(this.directory);
    const words = ['-o', 'loop,noatime,commit=600', this.image, this.directory];
    execFileSync('mount', words, { stdio: 'pipe' });
  }

  freeze(): void {
    execFileSync('fsfreeze', ['-f', this.directory]);
  }

  thaw(): void {
    quietly('fsfreeze', '-u', this.directory);
  }

  /** As a disk goes that has seen an error: even what is open for writing can be written no more. */
  makeReadOnly(): void {
    if (!quietly('mount', '-o', 'remount,ro', this.directory)) {
      execFileSync('mount', ['-o', 'remount,abort,errors=remount-ro', this.directory]);
    }
  }

  /** Writes until there is no room for one more block. */
  fill(): void {
    const file = openSync(join(this.directory, 'filling'), 'w');
    for (let bytes = 4 * 1024 * 1024; bytes >= 512; ) {
      try {
        writeSync(file, Buffer.alloc(bytes, 1));
      } catch {
        bytes = Math.floor(bytes / 2);
      }
    }
    closeSync(file);
  }

  empty(): void {
    rmSync(join(this.directory, 'filling'), { force: true });
  }

  /** Takes it away, also from those that have files of it open. */
  unmount(): void {
    quietly('umount', '-l', this.directory);
  }

  /** All that it was, gone. */
  end(): void {
    this.thaw();
    this.unmount();
    rmSync(this.image, { force: true });
    this.#keeper.stdin?.destroy();
  }
}

function quietly(command: string, ...words: readonly string[]): boolean {
  try {
    execFileSync(command, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
