import { openFlags, type Disk } from '../../../repository/index.ts';
import { decodeText, isErrorCode } from '../../../units/index.ts';
import type { Cipher } from '../cipher/cipher.ts';
import type { SpecialSettings } from './special-settings.ts';

/** Who a remote is used as. Never told to anybody. */
export interface RemoteLogin {
  readonly login: string;
  readonly password: string;
  readonly isFromEnvironment: boolean;
}

/** Where the credentials for a type of remote are looked for, besides in `annex/creds/UUID`. */
export interface CredentialNames {
  /** Variables of the environment. */
  readonly login: string;
  readonly password: string;
  /** The setting of remote.log that may hold them. */
  readonly embedded: string;
}

/** Bytes that a file of two lines may have. */
const credentialBytesMax = 10_000;

/**
 * The credentials for a remote, of the environment, else of the file, else of the branch
 * (spec/special-remotes.md section 1.4); `undefined` when there are none.
 *
 * @param at.annexDirectory the gateway's `annex` directory.
 * @param cipher what those of the branch are encrypted with, where the contents are.
 */
export async function findCredentials(
  { values, uuid }: Pick<SpecialSettings, 'values' | 'uuid'>,
  names: CredentialNames,
  at: { readonly annexDirectory: string; readonly disk: Disk; readonly cipher: Cipher | undefined },
): Promise<RemoteLogin | undefined> {
  const { [names.login]: login = '', [names.password]: password = '' } = process.env;
  if (login !== '' && password !== '') return { login, password, isFromEnvironment: true };
  const written = twoLines(await textOf(`${at.annexDirectory}/creds/${uuid}`, at.disk));
  const embedded = values.get(names.embedded);
  if (written !== undefined || embedded === undefined) return written;
  const bytes = Buffer.from(embedded, 'base64');
  const text = at.cipher === undefined ? bytes : await at.cipher.ofMessage(bytes);
  return twoLines(text.toString());
}

function twoLines(text: string): RemoteLogin | undefined {
  const [login = '', password = ''] = text.split('\n');
  if (login === '' || password === '') return undefined;
  return { login, password, isFromEnvironment: false };
}

async function textOf(path: string, disk: Disk): Promise<string> {
  try {
    const file = await disk.open(path, openFlags.O_RDONLY);
    try {
      return decodeText(await file.readAll(credentialBytesMax));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return '';
    throw error;
  }
}
