/** The UUIDs and keys that simulated repositories and files get (spec/sim.md sections 5.3 and 5.4). */
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { encodeText, parseUuid, type Uuid } from '../../units/index.ts';
import { blobOf, type Seed } from './randomness.ts';

/** The standard namespace of URLs (RFC 9562, section 6.6). */
const urlNamespace = '6ba7b811-9dad-11d1-80b4-00c04fd430c8';
const simulatorUrl = 'http://git-annex.branchable.com/git-annex-sim/';

/** The namespace of simulated repositories. */
export const simulatorNamespace: Uuid = version5(urlNamespace, encodeText(simulatorUrl));

/** The UUID of a repository: of its name and the blob of one decision. */
export function repositoryUuid(name: string, seed: Seed): Uuid {
  return version5(simulatorNamespace, concatBytes(encodeText(name), blobOf(seed)));
}

/**
 * The UUID of a cluster, of its name alone, so that nothing is drawn for it: version 8 and `ac` first, as
 * git-annex has them (spec/cluster-and-proxy.md section 2).
 */
export function clusterUuid(name: string): Uuid {
  const like = version5(simulatorNamespace, encodeText(name));
  const uuid = parseUuid(`ac${like.slice(2, 14)}8${like.slice(15)}`);
  if (uuid === undefined) throw new RangeError('digits put in the place of others leave a UUID');
  return uuid;
}

/** The name of a key: the SHA-256 of the blob of one decision, and an extension. */
export function keyName(seed: Seed): string {
  return `${bytesToHex(sha256(blobOf(seed)))}.this-is-a-test-key`;
}

/** The backend of every key that is made up. */
export const keyBackend = 'SHA256E';

function version5(namespace: string, name: Uint8Array): Uuid {
  const hash = sha1(concatBytes(hexToBytes(namespace.replaceAll('-', '')), name));
  const bytes = hash.slice(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const uuid = parseUuid(
    bytesToHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
  );
  if (uuid === undefined) throw new RangeError('a hash of 16 bytes is a UUID');
  return uuid;
}
