import type { Key } from '../../key/index.ts';
import type { RepositorySettings } from '../../placement/index.ts';
import type { Uuid } from '../../units/index.ts';

/** A repository of a real annex, for being simulated. */
export interface ImportedRepository
  extends Pick<RepositorySettings, 'trust' | 'groups' | 'wanted' | 'required' | 'maxsizeBytes'> {
  readonly uuid: Uuid;
  /** What people call it, the best first: the name of a remote, that of a special remote, a description. */
  readonly calledBy: readonly string[];
  readonly isSpecialRemote: boolean;
}

/** A repository that gives access to a cluster, and those that have it as a remote. */
export interface RealGateway {
  readonly uuid: Uuid;
  readonly clients: readonly Uuid[];
}

/** A cluster, with all that give access to it. */
export interface RealCluster {
  readonly calledBy: readonly string[];
  readonly nodes: readonly Uuid[];
  readonly gateways: readonly RealGateway[];
}

/** What is known of a real annex, its contents left out. */
export interface RealAnnex {
  /** What the import was made of, in a few words. */
  readonly source: string;
  /** What else is to be known of it. */
  readonly notes: readonly string[];
  readonly repositories: readonly ImportedRepository[];
  readonly clusters: readonly RealCluster[];
  readonly groupwanted: ReadonlyMap<string, string>;
  readonly numcopies: number | undefined;
  readonly mincopies: number | undefined;
  /** Who has whom as a remote. */
  readonly connections: readonly { readonly from: Uuid; readonly to: Uuid }[];
  /** Repositories of which it is not known which remotes they have. */
  readonly unknownRemotes: readonly Uuid[];
}

/** A content of a real annex. */
export interface RealContent {
  readonly key: Key;
  readonly keyText: string;
  /** The first of its files; `undefined` for a content that no file has any more. */
  readonly file: string | undefined;
  readonly holders: readonly Uuid[];
  /** The values of each field that has some. */
  readonly metadata: ReadonlyMap<string, readonly string[]>;
}

/** What is told of the files and logs of an annex in numbers alone. */
export interface RealCounts {
  /** Files of contents that have another file before them. */
  readonly otherNames: number;
  /** Files for which .gitattributes says another numcopies or mincopies than holds for all. */
  readonly otherCopies: number;
  /** Logs of contents that cannot be read. */
  readonly unreadLogs: number;
}
