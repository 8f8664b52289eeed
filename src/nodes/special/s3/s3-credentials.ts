/** What requests to an S3 server are signed with. Never told to anybody. */
export interface S3Credentials {
  readonly id: string;
  readonly secret: string;
  readonly sessionToken: string | undefined;
}

/** Where credentials may be. */
export interface CredentialSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The text of `annex/creds/UUID`; `undefined` when there is none. */
  readonly file: string | undefined;
  /** What `s3creds=` of the branch holds, decrypted; `undefined` when there is none. */
  readonly embedded: string | undefined;
}

/**
 * The credentials for an S3 remote, of the environment, else of the file, else of the branch
 * (spec/special-remotes.md section 1.4); `undefined` when there are none.
 */
export function findS3Credentials(from: CredentialSources): S3Credentials | undefined {
  const {
    AWS_ACCESS_KEY_ID: id,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_SESSION_TOKEN,
  } = from.environment;
  if (id !== undefined && id !== '' && secret !== undefined && secret !== '') {
    return { id, secret, sessionToken: AWS_SESSION_TOKEN };
  }
  return readPair(from.file) ?? readPair(from.embedded);
}

/** Two lines, login and password. */
function readPair(text: string | undefined): S3Credentials | undefined {
  const [id, secret] = (text ?? '').split('\n');
  if (id === undefined || secret === undefined || id === '' || secret === '') return undefined;
  return { id, secret, sessionToken: undefined };
}
