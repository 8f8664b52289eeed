import type { Clock } from '../../../clock/index.ts';
import { encodeText } from '../../../units/index.ts';
import { parseListing, type Listed } from './listing.ts';
import { RsyncChild, RsyncError, type RsyncCall } from './rsync-child.ts';
import { shellQuoted, type RsyncPlace } from './rsync-place.ts';

/** How rsync is run for a remote. */
export interface RsyncAt {
  readonly place: RsyncPlace;
  readonly clock: Clock;
  /** The program. Default: the rsync of the path. */
  readonly program?: string | undefined;
}

/** A directory of a piece, and the two above it. */
export interface RsyncDirectory {
  readonly outer: string;
  readonly inner: string;
  readonly name: string;
}

/** Without a word from it for so long, rsync is ended: at questions, and at contents, milliseconds. */
const questionMsMax = 60_000;
const contentMsMax = 5 * 60_000;

/** Bytes of a list: that of a hundred pieces has 100,000. */
const listBytesMax = 2_000_000;

/** Before 3.1 what is missing cannot be told from what fails; from 3.2.4 on rsync quotes for the shell itself. */
const versionMin = [3, 1, 0] as const;
const versionQuoting = [3, 2, 4] as const;

/** How often something is stored, or looked at, while the directories above it go with something else. */
const triesMax = 3;

/** Only what the patterns say that it reads from its input. */
const chosen = ['--from0', '--include-from=-', '--exclude=*', '--'];

/** The rsync program, as it is called for one remote. */
export class Rsync {
  readonly #at: RsyncAt;
  readonly #program: string;
  /** Without a slash at its end. */
  readonly #url: string;
  /** Whether the other end is asked to have on its disk what it is sent. */
  #isSyncing: boolean;

  private constructor(at: RsyncAt, isQuoting: boolean) {
    const { place, program = 'rsync' } = at;
    this.#at = at;
    this.#program = program;
    this.#url = !isQuoting && place.isShellEscaped ? shellQuoted(place.url) : place.url;
    this.#isSyncing = isQuoting;
  }

  /** @throws Error where there is no rsync, or one that is too old. */
  static async open(at: RsyncAt): Promise<Rsync> {
    const words = ['--version'];
    const call = { words, silentMsMax: questionMsMax, outputBytesMax: listBytesMax };
    const child = new RsyncChild({ program: at.program ?? 'rsync', ...call }, at.clock);
    const said = (await child.succeeded()).toString('latin1');
    const numbers = /version v?(\d+(?:\.\d+)+)/.exec(said)?.[1];
    const version = numbers?.split('.').map(Number);
    if (version === undefined || !isAtLeast(version, versionMin)) {
      const found = numbers ?? 'of a version that is not known';
      throw new Error(`rsync is ${found}; ${versionMin.join('.')} or newer is needed`);
    }
    return new Rsync(at, isAtLeast(version, versionQuoting));
  }

  /**
   * What stands at some paths of the remote, by path; what is not there is not in it.
   *
   * @throws Error whenever that is not known, as where the remote's own directory is not there.
   */
  async list(paths: readonly string[]): Promise<ReadonlyMap<string, Listed>> {
    const asking = ['--list-only', '--no-implied-dirs', '--ignore-missing-args'];
    const words = [...asking, '--from0', '--files-from=-', '--', `${this.#url}/`, '.'];
    return await this.#listed(words, { input: listOf(['.', ...paths]) });
  }

  /**
   * What stands at some paths of the remote, as `list` has it. Nothing that is below a link or a file is there, and
   * no name is too odd or too long to be asked about; but rsync goes through the directories that these are in.
   *
   * @throws Error whenever that is not known.
   */
  async browse(paths: readonly string[]): Promise<ReadonlyMap<string, Listed>> {
    const words = ['--list-only', '--recursive', ...chosen, `${this.#url}/`, '.'];
    const patterns = new Set(
      paths.flatMap((path) => [...aboveOf(path), `/${path}`].map(literally)),
    );
    return await this.#listed(words, { input: listOf([...patterns]), triesLeft: triesMax - 1 });
  }

  /** What goes between rsync's look at a directory and that at a file in it makes it end with 24. */
  async #listed(
    words: readonly string[],
    { input, triesLeft = 0 }: { readonly input: Uint8Array; readonly triesLeft?: number },
  ): Promise<ReadonlyMap<string, Listed>> {
    const options = { input, outputBytesMax: listBytesMax, silentMsMax: questionMsMax };
    try {
      const said = await this.#start(words, options).succeeded();
      const found = parseListing(said.toString('latin1'));
      if (found.get('.')?.isDirectory !== true) throw new Error('rsync lists no directory there');
      return found;
    } catch (error) {
      if (triesLeft > 0 && error instanceof RsyncError && error.data.status === 24) {
        return await this.#listed(words, { input, triesLeft: triesLeft - 1 });
      }
      throw isNoDirectory(error) ? new Error(noDirectory(this.#at.place), { cause: error }) : error;
    }
  }

  /**
   * Begins to fetch a file to the same path below a directory. It grows there from its beginning to its end; where
   * there is some of it, from that on.
   *
   * Names go as patterns, but for those that are plain: of some versions a daemon opens what is in a list of names in
   * another directory than it looked at, and none takes names that have stars in them.
   */
  fetch(path: string, directory: string, isRest: boolean): RsyncChild {
    const growing = ['--recursive', isRest ? '--append' : '--inplace', '--progress'];
    const words = [...this.#at.place.downloadWords, ...growing, ...chosen];
    const [plain = ''] = /^(?:[\w.-]+\/)*/.exec(path) ?? [];
    const rest = path.slice(plain.length);
    return this.#start([...words, `${this.#url}/${plain}`, `${directory}/${plain}`], {
      input: listOf(patternsFor(rest)),
      silentMsMax: contentMsMax,
    });
  }

  /**
   * Stores what is below a directory at the same paths, each file at once and as a whole.
   *
   * @param running told of each rsync that is started for it.
   */
  async store(directory: string, running: (child: RsyncChild) => void): Promise<void> {
    for (let stores = 1; ; stores += 1) {
      const syncing = this.#isSyncing ? ['--fsync'] : [];
      // What was cut off would show under its name, if an option of the remote's asked for that.
      const whole = ['--recursive', '--ignore-times', '--no-partial'];
      const words = [...whole, '--progress', ...syncing, '--'];
      const all = [...this.#at.place.uploadWords, ...words, `${directory}/`, this.#url];
      const child = this.#start(all, { silentMsMax: contentMsMax });
      running(child);
      try {
        await child.succeeded();
        return;
      } catch (error) {
        if (!(error instanceof RsyncError) || stores === triesMax) throw error;
        // An rsync at the other end that is too old to know of it, or is not to do it.
        const isUnknown = this.#isSyncing && error.data.said.includes('--fsync');
        if (isUnknown) this.#isSyncing = false;
        else if (error.data.status !== 23 || !error.data.said.includes('(2)')) throw error;
      }
    }
  }

  /**
   * Removes directories with all that is in them, and those above them that are empty then.
   *
   * @param empty a directory that is empty.
   */
  async remove(directories: readonly RsyncDirectory[], empty: string): Promise<void> {
    const patterns = directories.flatMap((one) => patternsOf(one));
    await this.#removeChosen(patterns, empty);
  }

  /**
   * Removes a file, and the directories above it that are empty then.
   *
   * @param empty a directory that is empty.
   */
  async removeFile(path: string, empty: string): Promise<void> {
    await this.#removeChosen(patternsFor(path), empty);
  }

  async #removeChosen(patterns: readonly string[], empty: string): Promise<void> {
    const words = ['--recursive', '--delete', ...chosen];
    const options = { input: listOf(patterns), silentMsMax: contentMsMax };
    await this.#start([...words, `${empty}/`, this.#url], options).succeeded();
  }

  /** Sees whether it takes what it is sent. @param empty a directory that is empty. */
  async sendNothing(empty: string): Promise<void> {
    const words = ['--recursive', '--', `${empty}/`, this.#url];
    await this.#start(words, { silentMsMax: questionMsMax }).succeeded();
  }

  #start(words: readonly string[], options: Omit<RsyncCall, 'program' | 'words'>): RsyncChild {
    const { place, clock } = this.#at;
    const all = ['--no-motd', ...place.words, ...words];
    return new RsyncChild({ program: this.#program, words: all, ...options }, clock);
  }
}

function isAtLeast(version: readonly number[], wanted: readonly number[]): boolean {
  for (const [at, number] of wanted.entries()) {
    const found = version[at] ?? 0;
    if (found !== number) return found > number;
  }
  return true;
}

/** As rsync reads lists with `--from0`, in which names may have any bytes. */
function listOf(names: readonly string[]): Uint8Array {
  return encodeText(names.map((name) => `${name}\0`).join(''));
}

function patternsOf({ outer, inner, name }: RsyncDirectory): readonly string[] {
  // Of a pattern with a star in it each backslash is one that quotes.
  const inside = `/${outer}/${inner}/${escaped(name)}/***`;
  return [`/${outer}/`, `/${outer}/${inner}/`, inside];
}

/** What chooses a file: each directory above it, where that is no link or file, and then itself. */
function patternsFor(path: string): readonly string[] {
  return [...aboveOf(path).map((above) => `${above}/`), `/${path}`].map(literally);
}

/** The paths above one, outermost first, from the remote's own directory on. */
function aboveOf(path: string): readonly string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, at) => `/${names.slice(0, at + 1).join('/')}`);
}

/** A path as a pattern for it alone: backslashes quote in one with a star in it, and in no other. */
function literally(path: string): string {
  return /[*?[]/.test(path) ? escaped(path) : path;
}

function escaped(name: string): string {
  return name.replace(/[*?[\\]/g, String.raw`\$&`);
}

function isNoDirectory(error: unknown): boolean {
  if (!(error instanceof RsyncError)) return false;
  return /change_dir .*No such file|chdir failed/.test(error.data.said);
}

function noDirectory({ url }: RsyncPlace): string {
  return `there is no directory ${url}: make it, or see whether its disk is mounted`;
}
