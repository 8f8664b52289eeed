/** Where a server of the protocol over HTTP is. */
export interface AnnexUrl {
  /** `http://host:port`. */
  readonly origin: string;
  /** What stands before `/git-annex/` in every request's path. */
  readonly prefix: string;
  /** How git's credential helpers know it (spec/p2p-http.md section 6, "Credentials"). */
  readonly credential: CredentialPlace;
}

/** What git asks its credential helpers about. */
export interface CredentialPlace {
  readonly protocol: string;
  readonly host: string;
  readonly path: string;
}

/** The port of a url that names none. */
const portDefault = '9417';

const scheme = /^annex\+(https?):$/i;
const end = '/git-annex';

/**
 * Reads `annex+http://HOST[:PORT][/PATH]` or `annex+https://…`; `undefined` when it is neither. The
 * path `/git-annex` is the usual one and says nothing, any other is a prefix; userinfo and query
 * are dropped (spec/p2p-http.md section 6, "URL"). A bare `/`, of which the real client makes a
 * path that no server has, counts as none.
 */
export function parseAnnexUrl(text: string): AnnexUrl | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const protocol = scheme.exec(url.protocol)?.[1]?.toLowerCase();
  if (protocol === undefined || url.hostname === '') return undefined;
  const host = `${url.hostname}:${url.port || portDefault}`;
  const origin = `${protocol}://${host}`;
  if (!URL.canParse(origin)) return undefined;
  const path = url.pathname.endsWith('/') ? url.pathname.slice(0, -1) : url.pathname;
  return {
    origin,
    prefix: path === end ? '' : path,
    credential: { protocol: `annex+${protocol}`, host, path: path.slice(1) },
  };
}
