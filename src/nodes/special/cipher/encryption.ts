/** How the branch says that a special remote is encrypted (spec/special-remotes.md section 4.1). */

/** A hash for names: as git-annex calls it, and as Node does. */
export interface MacName {
  readonly name: string;
  readonly digest: string;
}

/** How contents are encrypted. */
export type Encryption =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'shared' | 'hybrid' | 'pubkey' | 'sharedpubkey';
      readonly mac: MacName;
      /** `cipher=`: the secret, or for `hybrid` and `pubkey` a message that holds it. */
      readonly cipher: Buffer;
      /** Ids of public keys; for `shared` none. */
      readonly keyIds: readonly string[];
    };

const macs: ReadonlyMap<string, MacName> = new Map(
  ['SHA1', 'SHA224', 'SHA256', 'SHA384', 'SHA512'].map((hash) => [
    `HMAC${hash}`,
    { name: `HMAC${hash}`, digest: hash.toLowerCase() },
  ]),
);

/** Reads it from the settings of remote.log; or the end of a sentence about the remote that says what is wrong. */
export function readEncryption(
  settings: ReadonlyMap<string, string>,
):
  | { readonly kind: 'read'; readonly encryption: Encryption }
  | { readonly kind: 'problem'; readonly why: string } {
  const kind = settings.get('encryption') ?? 'none';
  if (kind === 'none') return { kind: 'read', encryption: { kind } };
  const macName = settings.get('mac') ?? 'HMACSHA1';
  const mac = macs.get(macName);
  if (mac === undefined) return problem(`has mac=${macName}, which is not known here`);
  if (kind !== 'shared' && kind !== 'hybrid' && kind !== 'pubkey' && kind !== 'sharedpubkey') {
    return problem(`has encryption=${kind}, which is not known here`);
  }
  const cipher = Buffer.from(settings.get('cipher') ?? '', 'base64');
  if (cipher.length === 0) return problem(`has encryption=${kind} and no cipher`);
  const ids = settings.get(kind === 'sharedpubkey' ? 'pubkeys' : 'cipherkeys') ?? '';
  const keyIds = kind === 'shared' ? [] : ids.split(',').filter((id) => /^[0-9A-Fa-f]+$/.test(id));
  if (kind !== 'shared' && keyIds.length === 0) {
    return problem(`has encryption=${kind} and names no keys`);
  }
  return { kind: 'read', encryption: { kind, mac, cipher, keyIds } };
}

function problem(why: string): { readonly kind: 'problem'; readonly why: string } {
  return { kind: 'problem', why };
}
