import { openFlags, writeFileDurably, type Disk } from '../../../repository/index.ts';
import { decodeText, encodeText, isErrorCode, type Uuid } from '../../../units/index.ts';
import type { Clock } from '../../../clock/index.ts';
import type { Cipher } from '../cipher/cipher.ts';

/** A login and its password. Never told to anybody but the program that they are for. */
export interface LoginPair {
  readonly login: string;
  readonly password: string;
}

/** Where the credentials of a program are. */
export interface CredentialsPlace {
  /** The gateway's `annex` directory. */
  readonly annexDirectory: string;
  readonly disk: Disk;
  readonly clock: Clock;
  /** The repository whose line of remote.log describes the remote. */
  readonly uuid: Uuid;
  readonly values: ReadonlyMap<string, string>;
  readonly cipher: Cipher | undefined;
  /** `annex.cachecreds`. */
  readonly isKept: boolean;
}

const nameShape = /^[A-Za-z0-9_.-]{1,100}$/;

/** Bytes that a file of two lines may have. */
const pairBytesMax = 10_000;

/**
 * What programs log in with: the file `annex/creds/UUID-SETTING`, else what the branch has with `embedcreds=yes`
 * (spec/special-remotes.md section 1.4).
 */
export class ProgramCredentials {
  readonly #place: CredentialsPlace;
  /** What was set and is not kept. */
  readonly #unkept = new Map<string, LoginPair>();

  constructor(place: CredentialsPlace) {
    this.#place = place;
  }

  /** Those that a setting names; `undefined` when there are none. */
  async find(name: string): Promise<LoginPair | undefined> {
    if (!nameShape.test(name)) return undefined;
    const { values, cipher } = this.#place;
    const known = this.#unkept.get(name) ?? readPair(await this.#fileText(name));
    const embedded = values.get(name);
    if (known !== undefined || embedded === undefined) return known;
    const bytes = Buffer.from(embedded, 'base64');
    return readPair(decodeText(cipher === undefined ? bytes : await cipher.ofMessage(bytes)));
  }

  /**
   * Keeps credentials that a program was given anew, as by a server that renews them.
   *
   * @throws Error for what no file can have.
   */
  async set(name: string, pair: LoginPair): Promise<void> {
    const text = encodeText(`${pair.login}\n${pair.password}\n`);
    if (!nameShape.test(name) || text.length > pairBytesMax) {
      throw new Error('sets credentials that cannot be kept: their name or length is odd');
    }
    const { annexDirectory, disk, clock, isKept } = this.#place;
    if (!isKept) {
      this.#unkept.set(name, pair);
      return;
    }
    const directory = `${annexDirectory}/creds`;
    try {
      await disk.makeDirectory(directory, 0o700);
    } catch (error) {
      if (!isErrorCode(error, 'EEXIST')) throw error;
    }
    await writeFileDurably(
      {
        path: this.#pathOf(name),
        content: text,
        temporaryDirectory: directory,
        clock,
        mode: 0o600,
      },
      disk,
    );
  }

  #pathOf(name: string): string {
    return `${this.#place.annexDirectory}/creds/${this.#place.uuid}-${name}`;
  }

  async #fileText(name: string): Promise<string> {
    try {
      const file = await this.#place.disk.open(this.#pathOf(name), openFlags.O_RDONLY);
      try {
        return decodeText(await file.readAll(pairBytesMax));
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isErrorCode(error, 'ENOENT')) return '';
      throw error;
    }
  }
}

/** Two lines, login and password. */
function readPair(text: string): LoginPair | undefined {
  const [login, password] = text.split('\n');
  return login === undefined || password === undefined ? undefined : { login, password };
}
