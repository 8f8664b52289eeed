import { HttpPeer, parseAnnexUrl, PeerError, replyOf, type PeerConnection } from 'ballast/client';
import { parseKey, parseUuid } from 'ballast/key';

const url = parseAnnexUrl('annex+http://localhost:1/git-annex/');
const server = parseUuid('server');
const client = parseUuid('client');
const key = parseKey('MD5-s5--5d41402abc4b2a76b9719d911017c592');
if (url === undefined || server === undefined || client === undefined || key === undefined)
  throw new Error('no names');
const peer: PeerConnection = new HttpPeer({ url, server, client, limits: { connectMs: 2000 } });
try {
  const { isPresent } = replyOf(await peer.ask({ verb: 'checkPresent', key }), 'present');
  throw new Error(`somebody answered: ${isPresent}`);
} catch (error) {
  // Nobody listens on port 1.
  if (!(error instanceof PeerError)) throw error;
} finally {
  await peer.close();
}
