import type { Clock } from '../../clock/index.ts';
import type { GitConfig } from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';
import { parseAnnexUrl } from './http/annex-url.ts';
import { GitCredentials } from './http/credentials.ts';
import { HttpPeer } from './http/http-peer.ts';
import { LinePeer } from './line/line-peer.ts';
import type { PeerConnection } from './peer-connection.ts';
import type { PeerLimits } from './peer-limits.ts';
import { parseSshUrl, splitCommand, sshCommand } from './line/ssh-command.ts';

/** How a remote of a repository's git config is spoken to, if it is a peer. */
export interface RemotePeer {
  /** Changes whenever the connection would be another one. */
  readonly settings: string;
  connect(): PeerConnection;
}

/**
 * The peer that a remote is: over HTTP when `remote.NAME.annexUrl` or its url is an `annex+http`
 * one, over ssh when its url leads there. `undefined` for all others.
 */
export function peerOfRemote(
  remote: string,
  config: Pick<GitConfig, 'get'>,
  at: {
    readonly server: Uuid;
    readonly client: Uuid;
    /** Gateways that the peer is not to connect to. */
    readonly bypass?: readonly Uuid[];
    /** The repository that has the remote. */
    readonly directory: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly limits?: Partial<PeerLimits>;
    /** Default: that of this machine. */
    readonly clock?: Clock | undefined;
  },
): RemotePeer | undefined {
  const setting = (name: string): string | undefined => config.get(`remote.${remote}.${name}`);
  const { server, client, directory, bypass = [], limits = {}, clock } = at;
  const gitUrl = setting('url');
  for (const text of [setting('annexurl'), gitUrl]) {
    const url = text === undefined ? undefined : parseAnnexUrl(text);
    if (url === undefined) continue;
    const place = sameHost(gitUrl, url.credential.host) ?? url.credential;
    return {
      settings: JSON.stringify([server, client, url, place]),
      connect: () =>
        new HttpPeer({
          url,
          server,
          client,
          bypass,
          credentials: new GitCredentials({ place, directory, limits, clock }),
          limits,
          clock,
        }),
    };
  }
  const place = gitUrl === undefined ? undefined : parseSshUrl(gitUrl);
  if (place === undefined) return undefined;
  const ssh = (at.env ?? process.env)['GIT_SSH_COMMAND'] || config.get('core.sshcommand');
  const shell = setting('annex-shell');
  const command = sshCommand(place, at, {
    words: splitCommand(setting('annex-ssh-options') ?? ''),
    ...(ssh === undefined || ssh === '' ? {} : { command: ssh }),
    ...(shell === undefined ? {} : { shell }),
  });
  return {
    settings: JSON.stringify([server, client, command]),
    connect: () => new LinePeer({ command, server, client, bypass, limits, clock }),
  };
}

/** The git url, when it is on the host of the annex: its credentials are the better known ones. */
function sameHost(
  gitUrl: string | undefined,
  annexHost: string,
): { protocol: string; host: string; path: string } | undefined {
  if (gitUrl === undefined || !URL.canParse(gitUrl)) return undefined;
  const { protocol, host, hostname, pathname } = new URL(gitUrl);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  if (hostname !== annexHost.replace(/:\d+$/, '')) return undefined;
  return { protocol: protocol.slice(0, -1), host, path: pathname.slice(1) };
}
