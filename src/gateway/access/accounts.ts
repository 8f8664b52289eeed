import { createHash, timingSafeEqual } from 'node:crypto';

/** What an account may do: everything, read, or everything but remove. */
export type Rights = 'full' | 'readonly' | 'appendonly';

/** A user with a password, and what may be done with it. */
export interface Account {
  readonly user: string;
  readonly rights: Rights;
}

const passwordPrefix = 'GIT_ANNEX_P2PHTTP_PASSWORD_';
const permissionsPrefix = 'GIT_ANNEX_P2PHTTP_PERMISSIONS_';
const colon = 0x3a;

/** The users that the environment names, and their passwords as digests. */
export class Accounts {
  readonly #known: readonly { readonly digest: Buffer; readonly account: Account }[];

  private constructor(known: readonly { digest: Buffer; account: Account }[]) {
    this.#known = known;
  }

  /**
   * Takes the accounts out of an environment (spec/p2p-http.md section 3), so that no program that
   * is started later, a hook of git's for example, comes to know a password.
   */
  static takeFrom(env: Record<string, string | undefined>): Accounts {
    const known = Object.keys(env)
      .filter((name) => name.startsWith(passwordPrefix))
      .flatMap((name) => {
        const user = name.slice(passwordPrefix.length);
        // The user ends at the first colon of what a client shows: such a one could not log in.
        if (user.includes(':')) return [];
        const rights = rightsOf(env[`${permissionsPrefix}${user}`]);
        const digest = digestOf(Buffer.from(`${user}:${env[name] ?? ''}`));
        return [{ digest, account: { user, rights } }];
      });
    for (const name of Object.keys(env)) {
      if (name.startsWith(passwordPrefix) || name.startsWith(permissionsPrefix)) delete env[name];
    }
    return new Accounts(known);
  }

  get count(): number {
    return this.#known.length;
  }

  /**
   * The account whose user and password these are, byte for byte. Takes the same time whether the
   * user is known, and however much of the password is right.
   *
   * @param credentials user, colon, password; without a colon the password is empty.
   */
  find(credentials: Uint8Array): Account | undefined {
    const digest = digestOf(
      credentials.includes(colon) ? credentials : Buffer.concat([credentials, Buffer.from(':')]),
    );
    let found: Account | undefined;
    for (const { digest: known, account } of this.#known) {
      if (timingSafeEqual(known, digest)) found = account;
    }
    return found;
  }
}

/** Digests of equal length are what can be compared in constant time. */
function digestOf(credentials: Uint8Array): Buffer {
  return createHash('sha256').update(credentials).digest();
}

/** Any value but the two means everything, as in the reference server. */
function rightsOf(permissions: string | undefined): Rights {
  return permissions === 'readonly' || permissions === 'appendonly' ? permissions : 'full';
}
