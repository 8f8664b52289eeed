/**
 * The git config that a client downloads from `<remote url>/config` to learn the repository's UUID
 * and where its annex is served (spec/p2p-http.md section 6, "URL").
 *
 * @param annexUrl annex.url as an administrator set it; else it is made from the name and port under
 * which the client reached this server.
 */
export function servedConfig(served: {
  readonly uuid: string;
  readonly host: string;
  readonly annexUrl: string | undefined;
}): string {
  const url = served.annexUrl ?? `annex+http://${served.host}/git-annex/`;
  return [
    '[core]',
    '\trepositoryformatversion = 0',
    '\tbare = true',
    '[annex]',
    `\tuuid = ${quoted(served.uuid)}`,
    '\tversion = 10',
    `\turl = ${quoted(url)}`,
    '',
  ].join('\n');
}

/** Host headers that may be quoted back: a name or address, and a port. */
const plainHost = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** The host that a client used, if it can be part of a URL. */
export function hostOf(header: string | undefined): string | undefined {
  return header !== undefined && plainHost.test(header) ? header : undefined;
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
