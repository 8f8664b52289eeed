import type { Disk } from '../files/disk.ts';
import type { GitConfig } from '../git/git-config.ts';
import { RefusedSettingError, unhonoured, type FoundSetting } from './annex-settings.ts';
import { hooksIn } from './hooks.ts';

/** How old the last look at a repository's settings may be, milliseconds. */
const lookMs = 500;

/**
 * How old settings may be when the repository's own files have not changed, milliseconds: the user's
 * and those that they include are not watched.
 */
const ageMsMax = 10_000;

/** The settings of one repository that are not honoured, as of half a second ago at most. */
export class SettingsWatch {
  readonly #config: GitConfig;
  readonly #gitDirectory: string;
  readonly #disk: Disk;
  #found: readonly FoundSetting[] = [];
  #version: string | undefined;
  #readAtMs = -ageMsMax;
  #lookedAtMs = -lookMs;
  #looking: Promise<void> | undefined;

  constructor(config: GitConfig, place: { readonly gitDirectory: string; readonly disk: Disk }) {
    this.#config = config;
    this.#gitDirectory = place.gitDirectory;
    this.#disk = place.disk;
  }

  /** Those that are set now. */
  async current(): Promise<readonly FoundSetting[]> {
    if (performance.now() - this.#lookedAtMs >= lookMs) {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined;
      });
      await this.#looking;
    }
    return this.#found;
  }

  /** @throws RefusedSettingError when one is set with which the repository is not used. */
  async assertNoneRefused(): Promise<void> {
    const refused = (await this.current()).find(({ treatment }) => treatment === 'refused');
    if (refused !== undefined) throw new RefusedSettingError(refused);
  }

  async #look(): Promise<void> {
    const nowMs = performance.now();
    const version = await this.#versionNow();
    if (version !== this.#version || nowMs - this.#readAtMs >= ageMsMax) {
      // At the first look the configuration has just been read.
      if (this.#version !== undefined) await this.#config.reload();
      this.#found = unhonoured(
        this.#config,
        await hooksIn(`${this.#gitDirectory}/hooks`, this.#disk),
      );
      this.#version = version;
      this.#readAtMs = nowMs;
    }
    this.#lookedAtMs = nowMs;
  }

  async #versionNow(): Promise<string> {
    const files = ['config', 'hooks'].map(async (name) => {
      const status = await this.#disk.status(`${this.#gitDirectory}/${name}`);
      return status === undefined ? 'none' : `${status.mtimeNs} ${status.size} ${status.ino}`;
    });
    return (await Promise.all(files)).join(' ');
  }
}
