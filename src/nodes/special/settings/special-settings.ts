import { remoteUuid } from '../../../repository/index.ts';
import { parseSize, parseUuid, type Uuid } from '../../../units/index.ts';
import { readEncryption, type Encryption } from '../cipher/encryption.ts';
import {
  isExportType,
  isServedType,
  specialTypeOf,
  type ExportType,
  type RemoteSettings,
  type ServedType,
} from './kinds.ts';

/** How a special remote is set up, as far as it was approved. */
export interface SpecialSettings {
  readonly uuid: Uuid;
  /** The name of the remote on this gateway. */
  readonly remote: string;
  readonly type: ServedType;
  /** What remote.log has of it, and of the remote that it is another way to. */
  readonly values: ReadonlyMap<string, string>;
  readonly encryption: Encryption;
  /** Contents are cut into chunks of so many bytes; `undefined`: they are stored whole. */
  readonly chunkBytes: bigint | undefined;
  /** The type again where trees are exported to it (exporttree=yes, annexobjects=yes); else `undefined`. */
  readonly exportType: ExportType | undefined;
  /** It shows a remote that trees are exported to: contents are where those have them, too. */
  readonly showsExport?: boolean;
  /** Why nothing is stored or removed there, as the end of a sentence; `undefined` where it may be. */
  readonly readOnly: string | undefined;
}

/** A special remote of git config: how it is set up, or why it is no node here, as the end of a sentence. */
export type SpecialFound =
  | { readonly kind: 'special'; readonly settings: SpecialSettings }
  | { readonly kind: 'unsupported'; readonly why: string };

/** The web itself, which needs no line in remote.log (spec/special-remotes.md section 6.4). */
export const webUuid: Uuid | undefined = parseUuid('00000000-0000-0000-0000-000000000001');

/** Lines of remote.log, by the repository that they are of. */
export type RemoteLines = ReadonlyMap<Uuid, ReadonlyMap<string, string>>;

/**
 * What a remote is, by git config and the lines of remote.log that were approved; `undefined` for one that
 * is no special remote.
 */
export function findSpecial(
  remote: string,
  config: RemoteSettings,
  lines: RemoteLines,
): SpecialFound | undefined {
  const type = specialTypeOf(remote, config);
  if (type === undefined) return undefined;
  if (!isServedType(type)) {
    return unsupported(`is a special remote of type ${type}, which ballast does not serve yet`);
  }
  const setting = (name: string): string | undefined => config.get(`remote.${remote}.${name}`);
  const uuid = remoteUuid(remote, config);
  if (uuid === undefined) return unsupported('has no annex-uuid');
  const own =
    lines.get(remoteUuid(remote, config, 'annex-config-uuid') ?? uuid) ??
    (uuid === webUuid ? new Map([['type', 'web']]) : undefined);
  if (own === undefined) return unsupported('is not described in remote.log');
  const other = lines.get(uuid) ?? own;
  const why =
    whyUnusable(own, type, setting('annex-verified')) ?? whyNoExport({ own, other, type });
  if (why !== undefined) return unsupported(why);
  return withForm({ remote, uuid, type, own, other, setting });
}

function unsupported(why: string): SpecialFound {
  return { kind: 'unsupported', why };
}

function whyUnusable(
  line: ReadonlyMap<string, string>,
  type: ServedType,
  verified: string | undefined,
): string | undefined {
  const logged = line.get('type');
  if (logged !== type) return `is of type ${type} here and of type ${logged ?? '?'} in remote.log`;
  if (verified === 'manual') {
    return 'waits for approval: look at it, and approve it by "ballast verifyremote"';
  }
  // Reading alone would run a program already, or tell a server the password.
  if (verified === 'automatic' && type === 'external') {
    return 'was enabled by itself: its program is not run before it is approved by "ballast verifyremote"';
  }
  if (verified === 'automatic' && type === 'webdav') {
    return 'was enabled by itself: its server is told no login before it is approved by "ballast verifyremote"';
  }
  if (isYes(line.get('importtree'))) {
    return 'has importtree=yes: others write to it, and ballast would look like one of them';
  }
  if (line.has('chunksize'))
    return 'has chunks of old times (chunksize=), which ballast does not serve';
  return undefined;
}

/** Why a remote that trees are exported to is no node; `undefined` for any other, and for one that is. */
function whyNoExport({
  own,
  other,
  type,
}: {
  readonly own: ReadonlyMap<string, string>;
  readonly other: ReadonlyMap<string, string>;
  readonly type: ServedType;
}): string | undefined {
  if (!isYes(own.get('exporttree')) && !isYes(other.get('exporttree'))) return undefined;
  if (own !== other) return whyNoOtherWay(other, type);
  if (!isYes(own.get('annexobjects'))) {
    return 'has exporttree=yes without annexobjects=yes, so that nobody can put a content there but by exporting a tree';
  }
  if (!isExportType(type)) {
    return `has exporttree=yes, which ballast does not serve yet for type ${type}`;
  }
  if (isYes(own.get('versioning'))) {
    return 'has exporttree=yes and versioning=yes, and ballast does not read old versions';
  }
  const encryption = own.get('encryption') ?? 'none';
  if (encryption !== 'none')
    return `has exporttree=yes and encryption=${encryption}, which cannot be`;
  return undefined;
}

/** Only what a server shows of a remote with exporttree=yes is read beside it; nothing else is written beside an export. */
function whyNoOtherWay(other: ReadonlyMap<string, string>, type: ServedType): string | undefined {
  if (type !== 'httpalso') {
    return `is of type ${type} and another way to a remote with exporttree=yes, which ballast reads by httpalso alone`;
  }
  if (!isYes(other.get('exporttree'))) {
    return 'has exporttree=yes, and the remote that it is another way to has not';
  }
  if (isYes(other.get('importtree'))) {
    return 'is another way to a remote with importtree=yes: others write to it, and the tree does not say what is there';
  }
  return undefined;
}

/** Encryption and chunks are those of the remote that this one is another way to. */
function withForm(found: {
  readonly remote: string;
  readonly uuid: Uuid;
  readonly type: ServedType;
  readonly own: ReadonlyMap<string, string>;
  readonly other: ReadonlyMap<string, string>;
  readonly setting: (name: string) => string | undefined;
}): SpecialFound {
  const { remote, uuid, type, own, other, setting } = found;
  const encryption = readEncryption(other);
  if (encryption.kind === 'problem') return unsupported(encryption.why);
  const chunk = other.get('chunk');
  const chunkBytes = chunk === undefined ? 0n : parseSize(chunk);
  if (chunkBytes === undefined) return unsupported(`has chunk=${chunk}, which is no size`);
  const showsExport = own !== other && isYes(other.get('exporttree'));
  const exportType =
    own === other && isYes(own.get('exporttree')) && isExportType(type) ? type : undefined;
  const isExport = showsExport || exportType !== undefined;
  const isReadOnly = isTrue(setting('annex-readonly'));
  const isAutomatic = setting('annex-verified') === 'automatic';
  return {
    kind: 'special',
    settings: {
      uuid,
      remote,
      type,
      values: new Map([...other, ...own]),
      encryption: encryption.encryption,
      // Files of a tree are never cut (spec/special-remotes.md section 2.1).
      chunkBytes: chunkBytes > 0n && !isExport ? chunkBytes : undefined,
      exportType,
      showsExport,
      readOnly: isReadOnly
        ? 'has annex-readonly'
        : isAutomatic
          ? 'was enabled by itself and waits for approval by "ballast verifyremote"'
          : undefined,
    },
  };
}

function isYes(value: string | undefined): boolean {
  return value === 'yes';
}

/** As git has it: a value that is set to nothing is true. */
function isTrue(value: string | undefined): boolean {
  return value !== undefined && !/^(?:false|no|off|0|)$/i.test(value);
}
