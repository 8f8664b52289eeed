/** Peers that store contents, asked by the P2P protocol over HTTP or a child process. */
export { parseAnnexUrl, type AnnexUrl, type CredentialPlace } from './http/annex-url.ts';
export {
  GitCredentials,
  noCredentials,
  type Credentials,
  type GitCredentialsOptions,
} from './http/credentials.ts';
export { HttpPeer, type HttpPeerOptions, type PeerNames } from './http/http-peer.ts';
export type { LineCommand } from './line/line-command.ts';
export { LinePeer, type LinePeerOptions } from './line/line-peer.ts';
export {
  PeerError,
  replyOf,
  type AskOptions,
  type PeerConnection,
  type PeerLock,
  type PeerUpload,
  type PeerQuestion,
} from './peer-connection.ts';
export {
  defaultPeerLimits,
  isPeerLimitName,
  peerLimitMeanings,
  type PeerLimitName,
  type PeerLimits,
} from './peer-limits.ts';
export { PeerNode } from './peer-node.ts';
export { peerOfRemote } from './peer-of-remote.ts';
export {
  parseSshUrl,
  sshCommand,
  splitCommand,
  type SshOptions,
  type SshPlace,
} from './line/ssh-command.ts';
