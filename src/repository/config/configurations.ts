/** Values by name, in the order they were read; section and variable of a name are in lower case. */
export type ConfiguredValues = ReadonlyMap<string, readonly string[]>;

/** A value to set. */
export interface ConfigSetting {
  readonly name: string;
  readonly value: string;
}

/**
 * The git configurations of the repositories of a machine, by a directory that is in one. All that is
 * asked of git for them goes through this, so that another than git can stand in its place.
 */
export interface Configurations {
  /**
   * All that holds in a repository: of the system, of the user and its own, with everything that these
   * include.
   * @throws GitError.
   */
  read(directory: string): Promise<ConfiguredValues>;
  /**
   * Sets one value in the repository's own configuration file, in place of all earlier ones there.
   * @throws GitError.
   */
  set(directory: string, setting: ConfigSetting): Promise<void>;
}
