import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serializeKey } from '../../../../src/key/index.ts';
import { openS3 } from '../../../../src/nodes/special/s3/open-s3.ts';
import type { SpecialNode } from '../../../../src/nodes/special/node/special-node.ts';
import { thisMachine } from '../../../../src/repository/index.ts';
import { temporaryDirectory } from '../../../support/objects.ts';
import { specialNode } from '../special-nodes.ts';
import {
  content,
  got,
  kept,
  key,
  loopback,
  remote,
  useWebPlace,
  type Settings,
} from './web-place.ts';

const place = useWebPlace();

describe('a bucket that is public, without credentials', () => {
  const bucket = async (settings: Settings): Promise<SpecialNode> => {
    const annexDirectory = temporaryDirectory();
    const values = { bucket: 'bkt', host: '127.0.0.1', fileprefix: 'pre/', ...settings };
    const opened = { ...remote('S3', values), encryption: { kind: 'none' } as const };
    const config = new Map(Object.entries(loopback));
    const tell = { clockAhead: () => undefined };
    const options = { annexDirectory, system: thisMachine, config, tell };
    return kept(specialNode({ store: await openS3(opened, options, undefined) }));
  };

  beforeEach(() => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('is read where it shows its objects', async () => {
    const node = await bucket({ publicurl: `${place.base}/shown/` });
    place.served.set('/shown/', Buffer.from('a list'));
    expect(await node.has(key)).toBe(false);
    place.served.set(`/shown/pre/${serializeKey(key)}`, content);
    expect(await node.has(key)).toBe(true);
    expect(await got(node, 7)).toEqual(content.subarray(7));
  });

  it('has nothing that is absent when it is not there itself', async () => {
    const { port } = new URL(place.base);
    const node = await bucket({ public: 'yes', port, protocol: 'http', requeststyle: 'path' });
    await expect(node.has(key)).rejects.toThrow('the server answers 404');
    place.served.set('/bkt/', (_, response) => response.writeHead(403).end());
    expect(await node.has(key)).toBe(false);
    // Elsewhere there may be no page at the top.
    expect(await (await bucket({ publicurl: `${place.base}/shown` })).has(key)).toBe(false);
  });

  it('is at its own host where that is not said', async () => {
    const { port } = new URL(place.base);
    const usual = { public: 'yes', port, protocol: 'http', requeststyle: 'path' };
    place.served.set(`/bkt/pre/${serializeKey(key)}`, content);
    expect(await (await bucket(usual)).has(key)).toBe(true);
    await expect(bucket({ ...usual, publicurl: 'no' })).rejects.toThrow('has no credentials');
    await expect(bucket({ ...usual, public: 'no' })).rejects.toThrow('has no credentials');
    await expect(bucket({ publicurl: 'file:///etc' })).rejects.toThrow('no url of http or https');
  });
});
