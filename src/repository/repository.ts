import { resolve } from 'node:path';
import type { MakeHasher } from '../key/index.ts';
import { parseSize, parseUuid, type Uuid, BallastError } from '../units/index.ts';
import { annexModes } from './files/annex-modes.ts';
import { Leftovers } from './leftovers/leftovers.ts';
import type { OnBranchTrouble } from './branch/branch-trouble.ts';
import { AnnexBranch } from './annex-branch.ts';
import { makeAnnexDirectory } from './annex-directory.ts';
import { directoryIdentity } from './files/directory-identity.ts';
import type { Disk } from './files/disk.ts';
import type { System } from './system.ts';
import { thisMachine } from './this-machine.ts';
import { ConfigWatch } from './config/config-watch.ts';
import type { GitConfig } from './config/git-config.ts';
import { GitError } from './git/git-error.ts';
import type { GitPlace, GitPlaces } from './git/places.ts';
import { RefusedSettingError } from './settings/annex-settings.ts';
import { SettingsWatch } from './settings/settings-watch.ts';
import type { LockStyle } from './objects/locks/lock-to-keep.ts';
import { diskReserveBytesDefault } from './objects/object-store-options.ts';
import { ObjectStore } from './objects/object-store.ts';
import type { WrongSizes } from './objects/wrong-sizes.ts';

/** A place that cannot be used as a git-annex repository; the message says what to do. */
function repositoryUnusable(message: string, options?: ErrorOptions): BallastError {
  return new BallastError('REPOSITORY_UNUSABLE', message, options);
}

/** Versions of git-annex's repository format that have the layout of spec/git-annex-branch.md. */
const annexVersions: ReadonlySet<string> = new Set(['8', '9', '10']);

/** Versions of the format at which git-annex locks the contents themselves. */
const versionsLockingObjects: ReadonlySet<string> = new Set(['8', '9']);

/** By what a repository is read and written, and who is told of what happens in the background. */
export interface RepositoryOptions {
  /** What it has to do with its machine goes through, all of it. Default: this one. */
  readonly system?: System | undefined;
  /** Told of trouble in the background, such as a commit that failed and will be tried again. */
  readonly onProblem?: (error: Error) => void;
  /**
   * Told when the git-annex branch cannot be written, and when it can be again. Default: `onProblem`
   * is told of each failure.
   */
  readonly onTrouble?: OnBranchTrouble | undefined;
  /** Told the path of a branch file that could not be read, and now can. */
  readonly onReadable?: ((path: string) => void) | undefined;
  /** How often the promise of a content lock is renewed, milliseconds. Default: three minutes. */
  readonly lockRenewMs?: number | undefined;
  /** Told of files that have not the size which their keys name, whenever these are others. */
  readonly onWrongSizes?: ((found: WrongSizes) => void) | undefined;
  /** What verifies objects that somebody may have edited. Default: slow hashers that run anywhere. */
  readonly loadHasher?: (() => Promise<MakeHasher>) | undefined;
}

/** A git-annex repository on disk. One object for a repository and process. */
export class Repository {
  readonly uuid: Uuid;
  readonly gitDirectory: string;
  /** What uploads leave free of a disk: `annex.diskreserve`. */
  readonly diskReserveBytes: number;
  readonly isBare: boolean;
  readonly config: GitConfig;
  /** Keeps `config` up to date; the only one that reads it. */
  readonly configWatch: ConfigWatch;
  readonly objects: ObjectStore;
  readonly branch: AnnexBranch;
  /** What killed processes left. */
  readonly leftovers: Leftovers;
  /** Settings of git-annex that are not honoured here. */
  readonly settings: SettingsWatch;
  readonly #identity: string;
  /** What every call to its disk goes through. */
  readonly disk: Disk;
  readonly system: System;
  #objectsDevice: bigint | undefined;

  private constructor(
    parts: Pick<Repository, 'uuid' | 'isBare' | 'configWatch' | 'branch'>,
    place: {
      readonly identity: string;
      readonly disk: Disk;
      readonly system: System;
      readonly options: RepositoryOptions;
    },
  ) {
    this.uuid = parts.uuid;
    this.isBare = parts.isBare;
    const watch = parts.configWatch;
    this.configWatch = watch;
    this.config = watch.config;
    this.branch = parts.branch;
    this.gitDirectory = parts.branch.gitDirectory;
    this.diskReserveBytes = diskReserve(this.config);
    const modes = annexModes(this.config.get('core.sharedrepository'), process.umask());
    const { disk, system } = place;
    this.leftovers = new Leftovers({ gitDirectory: this.gitDirectory, modes, disk, system });
    this.objects = new ObjectStore({
      gitDirectory: this.gitDirectory,
      isBare: parts.isBare,
      disk,
      system,
      sharedRepository: this.config.get('core.sharedrepository'),
      diskReserveBytes: this.diskReserveBytes,
      renewMs: place.options.lockRenewMs,
      lockStyle: async () => {
        await watch.current();
        return lockStyleOf(watch.config, this.gitDirectory);
      },
      editSettings: () => ({
        isThin: this.config.getBoolean('annex.thin') === true,
        isCrippled: this.config.getBoolean('annex.crippledfilesystem') === true,
      }),
      loadHasher: place.options.loadHasher,
      onWrongSizes: place.options.onWrongSizes,
      onProblem: place.options.onProblem,
    });
    this.settings = new SettingsWatch(watch, {
      gitDirectory: this.gitDirectory,
      disk,
      clock: system.clock,
    });
    this.#identity = place.identity;
    this.disk = disk;
    this.system = system;
  }

  /**
   * Opens the repository in a directory: its top, its `.git`, or itself when it is bare.
   *
   * @throws REPOSITORY_UNUSABLE when there is none, or none of a kind that is safe to work on.
   */
  static async open(directory: string, options: RepositoryOptions = {}): Promise<Repository> {
    const { system = thisMachine } = options;
    const { clock, disks, configurations } = system;
    await refuseNoDirectory(directory, disks.at(directory));
    const { isBare, gitDirectory } = await readPlace(resolve(directory), system.places);
    const disk = disks.at(gitDirectory, [`${gitDirectory}/annex/objects`]);
    const of = { gitDirectory, disk, clock, configurations };
    const configWatch = await ConfigWatch.open(directory, of);
    const { config } = configWatch;
    const uuid = parseUuid(config.get('annex.uuid') ?? '');
    if (uuid === undefined) {
      throw repositoryUnusable(
        `${directory} is no git-annex repository yet; run "git annex init" in it.`,
      );
    }
    refuseUnsafe(directory, config);
    const known = { gitDirectory, config };
    const branch = await AnnexBranch.open(directory, { ...options, system, disk, known });
    await makeAnnexDirectory(branch.gitDirectory, config, disk);
    const identity = await directoryIdentity(branch.gitDirectory, disk);
    const place = { identity: identity ?? '', disk, system, options };
    const repository = new Repository({ uuid, isBare, configWatch, branch }, place);
    await refuseSettings(directory, repository);
    await repository.isInPlace(); // remembers the disk
    return repository;
  }

  /**
   * Whether the directory that was opened is still the one at its path, and its objects are on the
   * disk on which they were seen first: either may be a mount point, and its disk gone.
   */
  async isInPlace(): Promise<boolean> {
    const [identity, device] = await Promise.all([
      directoryIdentity(this.gitDirectory, this.disk),
      deviceOf(this.objects.directory, this.disk),
    ]);
    // git-annex never removes the directory of the objects, nor do we; it is made for the first one.
    this.#objectsDevice ??= device;
    return identity === this.#identity && device === this.#objectsDevice;
  }

  /** Resolves when the disk answers, or takes changes. */
  async probe(kind: 'question' | 'change'): Promise<void> {
    await this.disk.probe(`${this.gitDirectory}/annex`, kind);
  }

  /** Commits what is pending and ends what was started. */
  async close(): Promise<void> {
    await this.branch.close();
  }
}

async function refuseNoDirectory(directory: string, disk: Disk): Promise<void> {
  const status = await disk.status(directory);
  if (status === undefined) {
    throw repositoryUnusable(
      `${directory} does not exist; name a directory that "git annex init" was run in.`,
    );
  }
  if (status.isDirectory()) return;
  throw repositoryUnusable(
    `${directory} is no directory; name one that "git annex init" was run in.`,
  );
}

async function readPlace(directory: string, places: GitPlaces): Promise<GitPlace> {
  try {
    return await places.find(directory);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    if (error.data.stderrTail.includes('dubious ownership')) {
      throw repositoryUnusable(
        `${directory} belongs to another user; run ballast as its owner, or allow it with ` +
          `git config --global --add safe.directory ${directory}`,
        { cause: error },
      );
    }
    // git itself could not be started, which says nothing of the repository.
    if (error.data.exitStatus === undefined) throw error;
    throw repositoryUnusable(
      `${directory} is no git repository; name one that "git annex init" was run in.`,
      { cause: error },
    );
  }
}

/** @throws REPOSITORY_UNUSABLE when the version has become one of which nobody knows what it locks. */
function lockStyleOf(config: GitConfig, directory: string): LockStyle {
  refuseVersion(directory, config);
  return versionsLockingObjects.has(config.get('annex.version') ?? '') ? 'object' : 'beside';
}

function refuseVersion(directory: string, config: GitConfig): void {
  const version = config.get('annex.version');
  if (version === undefined || annexVersions.has(version)) return;
  throw repositoryUnusable(
    `${directory} has annex.version ${version}; run "git annex upgrade" in it first.`,
  );
}

function refuseUnsafe(directory: string, config: GitConfig): void {
  refuseVersion(directory, config);
  const format = config.get('extensions.objectformat')?.toLowerCase() ?? 'sha1';
  if (format !== 'sha1') {
    throw repositoryUnusable(
      `${directory} names its git objects by ${format}, which ballast cannot write; ` +
        'make a repository with "git init --object-format=sha1".',
    );
  }
}

/** A later change of them is noticed by who uses the repository. */
async function refuseSettings(directory: string, repository: Repository): Promise<void> {
  try {
    await repository.settings.assertNoneRefused();
  } catch (error) {
    await repository.close();
    if (!(error instanceof RefusedSettingError)) throw error;
    throw repositoryUnusable(`${directory} is not served: ${error.message}.`, { cause: error });
  }
}

function diskReserve(config: GitConfig): number {
  const bytes = parseSize(config.get('annex.diskreserve') ?? '');
  return bytes === undefined ? diskReserveBytesDefault : Number(bytes);
}

/** The disk that a directory is on; undefined for one that cannot be looked at. */
async function deviceOf(directory: Buffer, disk: Disk): Promise<bigint | undefined> {
  try {
    return (await disk.status(directory))?.dev;
  } catch {
    return undefined;
  }
}
