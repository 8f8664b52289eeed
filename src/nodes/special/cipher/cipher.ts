import { createHmac } from 'node:crypto';
import { serializeKey, type Key } from '../../../key/index.ts';
import type { ByteStream } from '../../../stream/index.ts';
import { encodeText } from '../../../units/index.ts';
import type { PieceDeposit } from '../pieces/piece-store.ts';
import type { Gpg } from './gpg.ts';
import type { GpgRecipe } from './gpg-child.ts';
import type { MacName } from './encryption.ts';

/** What a cipher is made of: a secret text, and how contents are encrypted. */
export interface CipherParts {
  /** The secret, its final newline included: a text, never decoded (spec/special-remotes.md section 4.1). */
  readonly secret: string;
  readonly mac: MacName;
  /** Whom contents are encrypted to: public keys, or whoever has the secret. */
  readonly recipients: readonly string[] | undefined;
  /** Further words for gpg, of git config. */
  readonly options: readonly string[];
  readonly decryptOptions: readonly string[];
}

/** Characters of the secret that make names, where the rest encrypts contents. */
const nameLength = 256;

/**
 * Names and contents of an encrypted special remote (spec/special-remotes.md section 4.2): names by HMAC,
 * contents by gpg, one message a piece.
 */
export class Cipher {
  readonly #mac: MacName;
  readonly #macKey: string;
  readonly #gpg: Gpg;
  readonly #encrypt: GpgRecipe;
  readonly #decrypt: GpgRecipe;

  constructor(parts: CipherParts, gpg: Gpg) {
    const { secret, mac, recipients } = parts;
    this.#mac = mac;
    this.#gpg = gpg;
    const isSymmetric = recipients === undefined;
    this.#macKey = isSymmetric ? secret.slice(0, nameLength) : secret;
    const passphrase = isSymmetric ? secret.slice(nameLength).replace(/\n$/, '') : undefined;
    this.#encrypt = {
      passphrase,
      words: [
        ...parts.options,
        ...(isSymmetric
          ? ['--symmetric', '--force-mdc', '--no-textmode']
          : [
              ...recipients.flatMap((id) => ['--recipient', id]),
              '--encrypt',
              '--no-encrypt-to',
              '--no-default-recipient',
              '--force-mdc',
              '--no-textmode',
            ]),
      ],
    };
    this.#decrypt = { passphrase, words: [...parts.decryptOptions, '--decrypt'] };
  }

  /** The key that a piece is stored under. */
  nameOf(piece: Key): Key {
    const name = createHmac(this.#mac.digest, this.#macKey)
      .update(encodeText(serializeKey(piece)))
      .digest('hex');
    return {
      backend: `GPG${this.#mac.name}`,
      sizeBytes: undefined,
      mtime: undefined,
      chunkSizeBytes: undefined,
      chunkNumber: undefined,
      name,
    };
  }

  /** What a stored piece says. The stream fails where gpg does: what came until then is not to be trusted. */
  decrypted(stored: ByteStream): ByteStream {
    return this.#gpg.through(stored, this.#decrypt);
  }

  /** What a short message says. */
  async ofMessage(message: Uint8Array): Promise<Buffer> {
    return await this.#gpg.ofMessage(message, this.#decrypt);
  }

  /** A deposit that takes a piece as it is and stores it encrypted. */
  encrypting(deposit: PieceDeposit): PieceDeposit {
    return this.#gpg.into(deposit, this.#encrypt);
  }
}
