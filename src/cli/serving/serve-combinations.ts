import type { AccessOptions } from '../../gateway/index.ts';
import { UserError } from '../errors.ts';
import type { Port } from './listen.ts';

/** The options of `ballast serve`. */
export interface ServeVerbOptions extends AccessOptions, Port {
  readonly socket?: string;
  readonly directory?: readonly string[];
  readonly certfile?: string;
  readonly privatekeyfile?: string;
  readonly chainfile?: readonly string[];
  readonly lockedfiles?: number;
  readonly proxyconnections?: number;
}

/**
 * Refuses options that contradict each other, before anything is opened or listens.
 *
 * @param about.inheritedCount sockets that systemd has handed over.
 * @throws UserError that says why.
 */
export function refuseCombinations(
  options: ServeVerbOptions,
  about: {
    readonly isPortGiven: boolean;
    readonly isBindGiven: boolean;
    readonly inheritedCount: number;
  },
): void {
  const { certfile, privatekeyfile, chainfile, socket } = options;
  if ((certfile === undefined) !== (privatekeyfile === undefined)) {
    const [there, lacking] =
      certfile === undefined
        ? ['--privatekeyfile', '--certfile']
        : ['--certfile', '--privatekeyfile'];
    throw new UserError(`https needs ${lacking} besides ${there}; give both, or neither.`);
  }
  if (chainfile !== undefined && certfile === undefined) {
    throw new UserError('--chainfile is for https; give --certfile and --privatekeyfile too.');
  }
  if (socket === '') throw new UserError('--socket is empty; give the path of a unix socket.');
  const place = [
    ...(about.isPortGiven ? ['--port'] : []),
    ...(about.isBindGiven ? ['--bind'] : []),
    ...(socket === undefined ? [] : ['--socket']),
  ];
  if (about.inheritedCount > 0 && place.length > 0) {
    throw new UserError(
      `the service manager hands over ${about.inheritedCount} open sockets (LISTEN_FDS) and ` +
        `${place.join(', ')} names another; leave one of them out.`,
    );
  }
}

/** What an administrator may not have meant, but the reference server takes too. */
export function notesOn(options: ServeVerbOptions, accountsCount: number): string[] {
  const isTls = options.certfile !== undefined;
  const accounts = options.authenv === true || options.authenvHttp === true;
  const count = isTls ? options.authenv === true : options.authenvHttp === true;
  const isOpen =
    options.wideopen === true ||
    options.unauthReadonly === true ||
    options.unauthAppendonly === true;
  const notes: string[] = [];
  if (accounts && !count) {
    notes.push(
      isTls
        ? '--authenv-http counts over plain http only, so nobody can log in; --authenv is for https.'
        : '--authenv counts over https only, so nobody can log in; --authenv-http is for plain http.',
    );
  }
  if (count && accountsCount === 0) {
    notes.push('no account is in the environment (GIT_ANNEX_P2PHTTP_PASSWORD_<user>).');
  }
  if (!isOpen && (!count || accountsCount === 0)) notes.push('nobody may do anything.');
  return notes;
}
