import type { Clock } from '../../clock/index.ts';
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { HttpProblem, Permission } from '../../protocol/index.ts';
import {
  accessFor,
  accountsCount,
  anonymous,
  basicCredentials,
  stranger,
  type AccessOptions,
  type Peer,
} from '../access/access.ts';
import type { Account, Accounts } from '../access/accounts.ts';
import { LoginThrottle } from '../access/login-throttle.ts';
import { refused } from '../problems.ts';

interface Proven {
  readonly credentials: Buffer;
  readonly account: Account;
}

/** Finds out who asks over HTTP, and what they may do. */
export class Admission {
  readonly #options: AccessOptions;
  readonly #accounts: Accounts | undefined;
  readonly #throttle: LoginThrottle;
  /**
   * Credentials that a connection has shown to be right: its next request need not wait in line.
   */
  readonly #proven = new WeakMap<Socket, Proven>();

  constructor(options: AccessOptions, clock: Clock, accounts?: Accounts) {
    this.#throttle = new LoginThrottle(clock);
    this.#options = options;
    this.#accounts = accounts;
  }

  /** What is wrong with the form of the credentials, whoever they are of. */
  malformed({ headers }: IncomingMessage): HttpProblem | undefined {
    const { authorization } = headers;
    if (authorization === undefined) return undefined;
    return basicCredentials(authorization) === undefined ? refused('BAD_CREDENTIALS') : undefined;
  }

  /**
   * Who asks. Slow for an address that has shown wrong credentials.
   *
   * @param seen is told the account.
   */
  async peer(
    request: IncomingMessage,
    seen: { user: string | undefined } | undefined,
  ): Promise<Peer | HttpProblem> {
    const peer = await this.#find(request);
    if (seen !== undefined && peer.kind === 'account') {
      seen.user = peer.account.user;
    }
    return peer;
  }

  async #find({ headers, socket }: IncomingMessage): Promise<Peer | HttpProblem> {
    const { authorization } = headers;
    if (authorization === undefined) return anonymous;
    const credentials = basicCredentials(authorization);
    if (credentials === undefined) return refused('BAD_CREDENTIALS');
    const accounts = this.#accounts;
    const connection = { isTls: socket instanceof TLSSocket };
    if (accounts === undefined || !accountsCount(this.#options, connection)) return stranger;

    const proven = this.#proven.get(socket);
    if (proven !== undefined && areEqual(proven.credentials, credentials)) {
      return { kind: 'account', account: proven.account };
    }
    const login = await this.#throttle.login(socket.remoteAddress, () =>
      accounts.find(credentials),
    );
    if (login.kind === 'refused') return refused('LOGINS_FAILED');
    if (login.kind === 'unknown') {
      // A proxy's connection may carry a guesser's requests beside a user's.
      this.#proven.delete(socket);
      return stranger;
    }
    this.#proven.set(socket, { credentials, account: login.as });
    return { kind: 'account', account: login.as };
  }

  /** Whether everybody may do this. */
  isPublic(permission: Permission): boolean {
    return this.refusal(permission, anonymous) === undefined;
  }

  /** The problem with a peer's asking for this; `undefined` when it is granted. */
  refusal(permission: Permission, peer: Peer): HttpProblem | undefined {
    const access = accessFor(permission, this.#options, peer);
    if (access === 'granted') return undefined;
    return refused(access === 'unauthorized' ? 'UNAUTHORIZED' : 'FORBIDDEN');
  }
}

function areEqual(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
