import { Cipher } from './cipher.ts';
import type { Encryption } from './encryption.ts';
import type { Gpg } from './gpg.ts';

/** Words of git config for gpg. */
export interface GpgOptions {
  /** `annex-gnupg-options`. */
  readonly options: readonly string[];
  /** `annex-gnupg-decrypt-options`. */
  readonly decryptOptions: readonly string[];
}

/**
 * The cipher of a special remote; `undefined` for one that is not encrypted. A secret that is encrypted itself
 * is decrypted by the gateway's gpg, once.
 *
 * @throws Error when gpg cannot.
 */
export async function openCipher(
  encryption: Encryption,
  gpg: Gpg,
  words: GpgOptions,
): Promise<Cipher | undefined> {
  if (encryption.kind === 'none') return undefined;
  const { kind, cipher, keyIds, mac } = encryption;
  const isSealed = kind === 'hybrid' || kind === 'pubkey';
  const secret = isSealed
    ? await gpg.ofMessage(cipher, { passphrase: undefined, words: ['--decrypt'] })
    : cipher;
  const isSymmetric = kind === 'shared' || kind === 'hybrid';
  const recipients = isSymmetric ? undefined : keyIds;
  return new Cipher({ secret: secret.toString('latin1'), mac, recipients, ...words }, gpg);
}
