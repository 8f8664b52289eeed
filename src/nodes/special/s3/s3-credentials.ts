import { findCredentials } from '../settings/credentials.ts';

/** What requests to an S3 server are signed with. Never told to anybody. */
export interface S3Credentials {
  readonly id: string;
  readonly secret: string;
  readonly sessionToken: string | undefined;
}

const names = {
  login: 'AWS_ACCESS_KEY_ID',
  password: 'AWS_SECRET_ACCESS_KEY',
  embedded: 's3creds',
} as const;

/** The credentials for an S3 remote (spec/special-remotes.md section 1.4); `undefined` when there are none. */
export async function findS3Credentials(
  settings: Parameters<typeof findCredentials>[0],
  at: Parameters<typeof findCredentials>[2],
): Promise<S3Credentials | undefined> {
  const found = await findCredentials(settings, names, at);
  if (found === undefined) return undefined;
  const { login: id, password: secret, isFromEnvironment } = found;
  const sessionToken = isFromEnvironment ? process.env['AWS_SESSION_TOKEN'] : undefined;
  return { id, secret, sessionToken };
}
