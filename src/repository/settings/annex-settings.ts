import { BallastError } from '../../units/index.ts';

/**
 * git-annex's settings that bear on what a server does, and what becomes of each here:
 *
 * - `refused`: going on could lose or misplace contents, or break what the setting promises. The
 *   repository is not served, the node not used.
 * - `told`: what is done differs from git-annex's ways and harms nothing.
 * - `honoured`: it does what it does in git-annex.
 */
export type Treatment = 'refused' | 'told' | 'honoured';

/** One setting of git-annex, a row of the table. */
export interface AnnexSetting {
  /** `annex.NAME`, or `annex-NAME` of a remote. */
  readonly name: string;
  readonly treatment: Treatment;
  /** What follows from it here, as the end of a sentence; `''` where it is honoured. */
  readonly meaning: string;
  /** Whether it counts only when it is true in git's sense, and not whatever it is set to. */
  readonly isSwitch?: boolean;
  /** Whether it counts only when it is false. */
  readonly isOffSwitch?: boolean;
  /** Whether it is honoured of special remotes. */
  readonly isOfSpecial?: boolean;
  /** A file in `hooks/` that stands for it too. */
  readonly hook?: string;
}

/** Settings of a repository. */
export const repositorySettings: readonly AnnexSetting[] = [
  ...['annex.tune.objecthash1', 'annex.tune.objecthashlower', 'annex.tune.branchhash1'].map(
    (name) => ({
      name,
      treatment: 'refused' as const,
      isSwitch: true,
      meaning:
        'contents and logs would be looked for and stored where git-annex never looks; ' +
        'move the contents to a repository that was made without it',
    }),
  ),
  {
    name: 'annex.private',
    treatment: 'refused',
    isSwitch: true,
    meaning: 'the repository would be named in the git-annex branch, for everybody to see',
  },
  {
    name: 'annex.trashbin',
    treatment: 'refused',
    meaning: 'contents that are removed would be deleted and not be in the trash',
  },
  {
    name: 'annex.secure-erase-command',
    treatment: 'refused',
    hook: 'secure-erase-annex',
    meaning: 'contents that are removed would be deleted and not be erased',
  },
  {
    name: 'annex.pidlock',
    treatment: 'refused',
    isSwitch: true,
    meaning:
      'git-annex would not see that files are locked, which is by fcntl here; ' +
      'move the repository to a file system with such locks',
  },
  {
    name: 'annex.freezecontent-command',
    treatment: 'told',
    hook: 'freezecontent-annex',
    meaning: 'contents are write protected by their modes alone, and it is not run',
  },
  {
    name: 'annex.thawcontent-command',
    treatment: 'told',
    hook: 'thawcontent-annex',
    meaning: 'it is not run, and contents that need it cannot be removed',
  },
  {
    name: 'annex.post-update-command',
    treatment: 'told',
    hook: 'post-update-annex',
    meaning: 'it is not run after changes to the git-annex branch',
  },
  {
    name: 'annex.commitmessage',
    treatment: 'told',
    meaning: 'commits to the git-annex branch have other messages',
  },
  {
    name: 'annex.commitmessage-command',
    treatment: 'told',
    meaning: 'commits to the git-annex branch have other messages',
  },
  {
    name: 'annex.allowsign',
    treatment: 'told',
    isSwitch: true,
    meaning: 'commits to the git-annex branch are not signed',
  },
  {
    name: 'annex.alwayscommit',
    treatment: 'told',
    isOffSwitch: true,
    meaning: 'the journal is committed to the git-annex branch all the same',
  },
  {
    name: 'annex.merge-annex-branches',
    treatment: 'told',
    isOffSwitch: true,
    meaning: 'git-annex branches that were pushed are merged all the same',
  },
  {
    name: 'annex.numcopies',
    treatment: 'told',
    meaning: 'the number of copies is that of numcopies.log; set it by "git annex numcopies"',
  },
  ...['annex.web-options', 'annex.http-headers'].map((name) => ({
    name,
    treatment: 'told' as const,
    meaning: 'remotes on the web are asked without them',
  })),
  {
    name: 'annex.http-headers-command',
    treatment: 'told',
    hook: 'http-headers-annex',
    meaning: 'it is not run, and remotes on the web are asked without what it prints',
  },
  ...['annex.bwlimit', 'annex.bwlimit-upload', 'annex.bwlimit-download'].map((name) => ({
    name,
    treatment: 'told' as const,
    meaning: 'transfers are as fast as they can be',
  })),
  ...[
    'annex.securehashesonly',
    'annex.security.allowed-ip-addresses',
    'annex.security.allowed-url-schemes',
    'annex.thin',
    'annex.crippledfilesystem',
    'annex.diskreserve',
    'annex.fullybalancedthreshhold',
    'annex.url',
    'annex.uuid',
    'annex.version',
  ].map((name) => ({ name, treatment: 'honoured' as const, meaning: '' })),
];

/** Settings of a remote that is a node, in the gateway's git config. */
const remoteSettings: readonly AnnexSetting[] = [
  {
    name: 'annex-private',
    treatment: 'refused',
    isSwitch: true,
    meaning: 'it would be named in the git-annex branch, for everybody to see',
  },
  {
    name: 'annex-readonly',
    treatment: 'refused',
    isSwitch: true,
    isOfSpecial: true,
    meaning: 'contents would be stored there and removed',
  },
  {
    name: 'annex-web-options',
    treatment: 'told',
    meaning: 'it is asked without them',
  },
  {
    name: 'annex-cost-command',
    treatment: 'told',
    meaning: 'its cost is that of annex-cost, or what such remotes usually have',
  },
  {
    name: 'annex-start-command',
    treatment: 'told',
    meaning: 'it is not run; what it mounts must be there',
  },
  { name: 'annex-stop-command', treatment: 'told', meaning: 'it is not run' },
  ...['annex-bwlimit', 'annex-bwlimit-upload', 'annex-bwlimit-download'].map((name) => ({
    name,
    treatment: 'told' as const,
    meaning: 'transfers are as fast as they can be',
  })),
  ...[
    'annex-cluster-node',
    'annex-cost',
    'annex-ignore',
    'annex-proxied-by',
    'annex-proxy',
    'annex-shell',
    'annex-ssh-options',
    'annex-trustlevel',
    'annex-uuid',
    'annexurl',
  ].map((name) => ({ name, treatment: 'honoured' as const, meaning: '' })),
];

/** The git configuration that settings are looked up in. */
export interface ConfigValues {
  get(name: string): string | undefined;
  getBoolean(name: string): boolean | undefined;
}

/** A setting that is set and is not honoured. */
export interface FoundSetting {
  /** As git config names it. */
  readonly name: string;
  readonly treatment: 'refused' | 'told';
  readonly meaning: string;
}

/**
 * The settings of a repository that are set and are not honoured.
 *
 * @param hooks names of the files in its `hooks/` that can be run.
 */
export function unhonoured(config: ConfigValues, hooks: ReadonlySet<string>): FoundSetting[] {
  return repositorySettings.flatMap((setting) => {
    const { name, treatment, meaning, hook } = setting;
    if (treatment === 'honoured') return [];
    if (counts(setting, name, config)) return [{ name, treatment, meaning }];
    const isHook = hook !== undefined && hooks.has(hook);
    return isHook ? [{ name: `hooks/${hook}`, treatment, meaning }] : [];
  });
}

/**
 * The settings of a remote that are set and are not honoured.
 *
 * @param kind a special remote of which nothing may be changed is there to be read; a repository is not used then.
 */
export function unhonouredOfRemote(
  remote: string,
  config: ConfigValues,
  kind: 'special' | 'repository',
): FoundSetting[] {
  return remoteSettings.flatMap((setting) => {
    const { treatment, meaning, isOfSpecial = false } = setting;
    const name = `remote.${remote}.${setting.name}`;
    if (treatment === 'honoured' || !counts(setting, name, config)) return [];
    if (isOfSpecial && kind === 'special') return [];
    return [{ name, treatment, meaning }];
  });
}

function counts(setting: AnnexSetting, name: string, config: ConfigValues): boolean {
  if (setting.isSwitch === true) return config.getBoolean(name) === true;
  if (setting.isOffSwitch === true) return config.getBoolean(name) === false;
  return (config.get(name) ?? '') !== '';
}

/** What is said of a setting that is not honoured. */
export function settingSentence({ name, treatment, meaning }: FoundSetting): string {
  const wayOut = treatment === 'refused' && !meaning.includes(';') ? '; unset it first' : '';
  return `${name} is set, which ballast does not honour yet: ${meaning}${wayOut}`;
}

/** A repository, or a node, has a setting with which it is not used. */
export class RefusedSettingError extends BallastError {
  override readonly name = 'RefusedSettingError';
  override readonly data: { readonly found: FoundSetting };

  constructor(found: FoundSetting) {
    super('REFUSED_SETTING', settingSentence(found));
    this.data = { found };
  }
}
