/**
 * What `import { ... } from "ballast/client"` promises: the client's side of the P2P protocol, over HTTP and
 * through a child process such as ssh. Needs Node.
 */
export {
  defaultPeerLimits,
  GitCredentials,
  HttpPeer,
  LinePeer,
  noCredentials,
  parseAnnexUrl,
  parseSshUrl,
  PeerError,
  replyOf,
  sshCommand,
  type AnnexUrl,
  type AskOptions,
  type CredentialPlace,
  type Credentials,
  type GitCredentialsOptions,
  type HttpPeerOptions,
  type LineCommand,
  type LinePeerOptions,
  type PeerConnection,
  type PeerLimitName,
  type PeerLimits,
  type PeerLock,
  type PeerNames,
  type PeerUpload,
  type PeerQuestion,
  type SshOptions,
  type SshPlace,
} from './nodes/index.ts';
export type { Clock, SleepOptions, Timer } from './clock/index.ts';
export type { ByteStream } from './stream/index.ts';
