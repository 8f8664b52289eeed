/**
 * The modes that git-annex gives to files and directories, from `core.sharedRepository` and the
 * umask (spec/git-annex-branch.md section 2.1).
 */
export interface AnnexModes {
  /** Hash directories, `annex/tmp` and the like. */
  readonly directory: number;
  /** The directory of a key that has its content. */
  readonly keyDirectory: number;
  /** A content that is complete. */
  readonly content: number;
  /** Lock files, retention files, partial contents. */
  readonly file: number;
}

/**
 * The modes for a value of `core.sharedRepository` as git prints it. `group` (also `true`, `1`) and
 * `all` (`world`, `everybody`, `2`) widen what the umask leaves, and leave a key's directory
 * writable; an octal number stands for itself and a key's directory stays protected.
 * @param sharedRepository undefined when not configured. A value unknown to git counts as that.
 */
export function annexModes(sharedRepository: string | undefined, umask: number): AnnexModes {
  const value = sharedRepository?.toLowerCase() ?? '';
  const widened = widenings[value];
  if (widened !== undefined) return modes((0o666 & ~umask) | widened, { isGroupWritable: true });
  if (/^0[0-7]{3}$/.test(value)) {
    return modes(Number.parseInt(value, 8), { isGroupWritable: false });
  }
  return unsharedModes(umask);
}

const widenings: Readonly<Record<string, number>> = {
  group: 0o660,
  true: 0o660,
  yes: 0o660,
  on: 0o660,
  '1': 0o660,
  all: 0o664,
  world: 0o664,
  everybody: 0o664,
  '2': 0o664,
};

function modes(file: number, options: { readonly isGroupWritable: boolean }): AnnexModes {
  const setGroupId = (file & 0o070) === 0 ? 0 : 0o2000;
  const directory = file | ((file & 0o444) >> 2) | setGroupId;
  return {
    directory,
    keyDirectory: options.isGroupWritable ? directory : withoutWrite(directory),
    content: withoutWrite(file),
    file,
  };
}

function unsharedModes(umask: number): AnnexModes {
  const directory = 0o777 & ~umask;
  const file = 0o666 & ~umask;
  return {
    directory,
    keyDirectory: withoutWrite(directory),
    content: withoutWrite(file),
    file,
  };
}

function withoutWrite(mode: number): number {
  return mode & ~0o222;
}
