import type { Permission } from '../protocol/index.ts';

/** What a peer may do that shows no credentials; the options of `git annex p2phttp`. */
export interface AccessOptions {
  readonly wideopen?: boolean;
  readonly unauthReadonly?: boolean;
  readonly unauthAppendonly?: boolean;
  /** Has an effect only together with `unauthReadonly`, as in the reference server. */
  readonly unauthNolocking?: boolean;
}

/** `'unauthorized'` asks for credentials (401), `'forbidden'` says that none would help (403). */
export type Access = 'granted' | 'unauthorized' | 'forbidden';

/** What is granted, by option in order of precedence (spec/p2p-http.md section 3). */
export function accessFor(permission: Permission, options: AccessOptions): Access {
  if (options.wideopen === true) return 'granted';
  if (options.unauthAppendonly === true) return permission === 'remove' ? 'forbidden' : 'granted';
  if (options.unauthReadonly === true) {
    if (permission === 'read') return 'granted';
    return permission === 'lock' && options.unauthNolocking !== true ? 'granted' : 'forbidden';
  }
  return 'unauthorized';
}

/**
 * Whether an Authorization header is of the one form that is taken, Basic with padded base64;
 * anything else is refused in every mode (spec/p2p-http.md section 3).
 */
export function isBasicAuthorization(header: string): boolean {
  const match = /^basic[ \t]+([A-Za-z0-9+/]*={0,2})[ \t]*$/i.exec(header);
  return match !== null && (match[1]?.length ?? 0) % 4 === 0 && match[1] !== '';
}
