import type { Permission } from '../../protocol/index.ts';
import type { Account } from './accounts.ts';

/** Who may do what; the options of `git annex p2phttp`. */
export interface AccessOptions {
  readonly wideopen?: boolean;
  readonly unauthReadonly?: boolean;
  readonly unauthAppendonly?: boolean;
  /** Has an effect only together with `unauthReadonly`, as in the reference server. */
  readonly unauthNolocking?: boolean;
  /** Accounts count over TLS. */
  readonly authenv?: boolean;
  /** Accounts count over plain HTTP, and only there. */
  readonly authenvHttp?: boolean;
}

/** Who asks: an account's user, or somebody who showed no credentials, or none that are known. */
export type Peer =
  | { readonly kind: 'account'; readonly account: Account }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'stranger' };

/** Somebody who showed no credentials. */
export const anonymous: Peer = { kind: 'anonymous' };
/** Somebody who showed credentials that are not known. */
export const stranger: Peer = { kind: 'stranger' };

/** `'unauthorized'` asks for credentials (401), `'forbidden'` says that none would help (403). */
export type Access = 'granted' | 'unauthorized' | 'forbidden';

/** What is granted to a peer: the table of spec/p2p-http.md section 3. */
export function accessFor(permission: Permission, options: AccessOptions, peer: Peer): Access {
  if (peer.kind === 'account') return accountAllows(permission, peer.account);
  const unauth = unauthOf(options);
  if (unauth === undefined) return 'unauthorized';
  if (unauthAllows(permission, unauth, options)) return 'granted';
  // Credentials would help where there are accounts, unless they were just shown and are none.
  const areAccounts = options.authenv === true || options.authenvHttp === true;
  return areAccounts && peer.kind === 'anonymous' ? 'unauthorized' : 'forbidden';
}

/** Whether accounts count on such a connection. */
export function accountsCount(options: AccessOptions, connection: { isTls: boolean }): boolean {
  return (connection.isTls ? options.authenv : options.authenvHttp) === true;
}

function accountAllows(permission: Permission, { rights }: Account): Access {
  if (rights === 'full') return 'granted';
  // Unlike an anonymous reader, a reader with an account may not lock.
  if (rights === 'readonly') return permission === 'read' ? 'granted' : 'forbidden';
  return permission === 'remove' ? 'forbidden' : 'granted';
}

type Unauth = 'wideopen' | 'appendonly' | 'readonly';

/** The option that counts, in the reference server's order of precedence. */
function unauthOf(options: AccessOptions): Unauth | undefined {
  if (options.wideopen === true) return 'wideopen';
  if (options.unauthAppendonly === true) return 'appendonly';
  return options.unauthReadonly === true ? 'readonly' : undefined;
}

function unauthAllows(permission: Permission, unauth: Unauth, options: AccessOptions): boolean {
  if (unauth === 'wideopen') return true;
  if (unauth === 'appendonly') return permission !== 'remove';
  if (permission === 'lock') return options.unauthNolocking !== true;
  return permission === 'read';
}

/**
 * The user and password, parted by a colon, in an Authorization header; `undefined` when it is not
 * of the one form that is taken, Basic with padded base64, which is refused in every mode
 * (spec/p2p-http.md section 3).
 */
export function basicCredentials(header: string): Buffer | undefined {
  const base64 = /^basic[ \t]+([A-Za-z0-9+/]+={0,2})[ \t]*$/i.exec(header)?.[1];
  if (base64 === undefined || base64.length % 4 !== 0) return undefined;
  return Buffer.from(base64, 'base64');
}
