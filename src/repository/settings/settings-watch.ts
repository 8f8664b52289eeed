import type { Clock } from '../../clock/index.ts';
import type { Disk } from '../files/disk.ts';
import type { ConfigWatch } from '../config/config-watch.ts';
import { RefusedSettingError, unhonoured, type FoundSetting } from './annex-settings.ts';
import { hooksIn } from './hooks.ts';

/** How old the last look at a repository's settings may be, milliseconds. */
const lookMs = 500;

/** The settings of one repository that are not honoured, as of half a second ago at most. */
export class SettingsWatch {
  readonly #watch: ConfigWatch;
  readonly #gitDirectory: string;
  readonly #disk: Disk;
  readonly #clock: Clock;
  #found: readonly FoundSetting[] = [];
  #version: string | undefined;
  #lookedAtMs = -Infinity;
  #looking: Promise<void> | undefined;

  constructor(
    watch: ConfigWatch,
    place: { readonly gitDirectory: string; readonly disk: Disk; readonly clock: Clock },
  ) {
    this.#watch = watch;
    this.#gitDirectory = place.gitDirectory;
    this.#disk = place.disk;
    this.#clock = place.clock;
  }

  /** The settings that are set now and are not honoured. */
  async current(): Promise<readonly FoundSetting[]> {
    if (this.#clock.steadyMs() - this.#lookedAtMs >= lookMs) {
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
    const nowMs = this.#clock.steadyMs();
    const hooks = `${this.#gitDirectory}/hooks`;
    const [config, status] = await Promise.all([this.#watch.current(), this.#disk.status(hooks)]);
    const version = `${config} ${status?.mtimeNs} ${status?.ino}`;
    if (version !== this.#version) {
      this.#found = unhonoured(this.#watch.config, await hooksIn(hooks, this.#disk));
      this.#version = version;
    }
    this.#lookedAtMs = nowMs;
  }
}
