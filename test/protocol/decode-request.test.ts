import { describe, expect, it } from 'vitest';
import { serializeKey } from '../../src/key/index.ts';
import {
  decodeRequest,
  protocolVersions,
  splitTarget,
  type HttpProblem,
  type HttpRequest,
} from '../../src/protocol/index.ts';

const uuid = '11111111-1111-4111-8111-111111111111';
const root = `/git-annex/${uuid}`;
const key = 'SHA256E-s5--abc';
const asked = `key=${key}&clientuuid=me`;

interface Head {
  readonly method?: string;
  readonly accept?: string;
  readonly dataLength?: string;
}

function decode(target: string, head: Head = {}): HttpRequest | HttpProblem {
  return decodeRequest(
    {
      method: head.method ?? 'POST',
      accept: head.accept,
      dataLength: head.dataLength,
    },
    splitTarget(target),
  );
}

function understood(target: string, head: Head = {}): HttpRequest {
  const decoded = decode(target, head);
  if ('status' in decoded) throw new Error(`${decoded.status} ${decoded.text}`);
  return decoded;
}

const notFound = { kind: 'problem', status: 404, text: '' };
const badVersion = { kind: 'problem', status: 400, text: 'bad version' };
const undecodable = 'unable to base64 decode [] wrapped value';

describe('a path that is no route', () => {
  it.for([
    '/git-annex',
    `/git-annex/${uuid}`,
    `${root}/v4`,
    `${root}/v4/nosuch?${asked}`,
    `${root}/v9/nosuch?${asked}`,
    `${root}/v4/key`,
    `${root}/v4/key/`,
    `${root}/key`,
    `${root}/v4/key/${key}/more`,
    `${root}/v4/checkpresent/more?${asked}`,
    `${root}/v4/constructor?${asked}`,
    `${root}/v4/__proto__?${asked}`,
    `/pre${root}/v4/checkpresent?${asked}`,
    `/${root}/v4/checkpresent?${asked}`,
    '/',
    '*',
    '',
  ])('is not found: %s', (target) => {
    expect(decode(target)).toEqual(notFound);
    expect(decode(target, { method: 'GET' })).toEqual(notFound);
  });
});

describe('versions', () => {
  const since: Readonly<Record<string, number>> = {
    checkpresent: 0,
    putoffset: 1,
    remove: 0,
    lockcontent: 0,
    gettimestamp: 3,
    'remove-before': 3,
  };

  it.for(Object.entries(since))('%s is there from v%i on and before that a bad version', (row) => {
    const [name, first] = row;
    const decoded = protocolVersions.map((version) =>
      decode(`${root}/v${version}/${name}?${asked}&timestamp=1`),
    );

    expect(decoded.slice(0, first)).toEqual(Array.from({ length: first }, () => badVersion));
    expect(decoded.slice(first)).toMatchObject(
      protocolVersions.slice(first).map((version) => ({ version, server: uuid, client: 'me' })),
    );
  });

  it('a newer version is not found, so that a newer client steps down', () => {
    for (const version of ['v5', 'v9', 'v10', 'v4294967296']) {
      expect(decode(`${root}/${version}/checkpresent?${asked}`)).toEqual(notFound);
      expect(decode(`${root}/${version}/key/${key}?${asked}`, { method: 'GET' })).toEqual(notFound);
    }
  });

  it.for(['V4', 'v04', 'v00', '4', 'v', 'vv4', 'v4.0', 'v-1', ' v4', 'v4%20'])(
    'something else than a version is a bad version: %s',
    (version) => {
      expect(decode(`${root}/${version}/checkpresent?${asked}`)).toEqual(badVersion);
      expect(decode(`${root}/${version}/key/${key}?${asked}`, { method: 'GET' })).toEqual(
        badVersion,
      );
    },
  );
});

describe('methods and types', () => {
  it.for([
    ['GET', 'v4/checkpresent'],
    ['HEAD', 'v4/checkpresent'],
    ['PUT', 'v3/put'],
    ['OPTIONS', 'v0/remove'],
    ['post', 'v4/checkpresent'],
    ['POST', `v4/key/${key}`],
    ['PUT', `v0/key/${key}`],
    ['DELETE', `v4/key/${key}`],
    ['OPTIONS', `v4/key/${key}`],
  ] as const)('%s of %s is a bad version', ([method, path]) => {
    expect(decode(`${root}/${path}?${asked}`, { method, dataLength: '5' })).toEqual(badVersion);
  });

  it.for(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s of the unversioned route is 405', (method) => {
    expect(decode(`${root}/key/${key}`, { method })).toEqual({
      kind: 'problem',
      status: 405,
      text: '',
    });
  });

  it('takes GET and HEAD of a key, and tells them apart', () => {
    for (const path of [
      `v0/key/${key}?clientuuid=me`,
      `v4/key/${key}?clientuuid=me`,
      `key/${key}`,
    ]) {
      expect(understood(`${root}/${path}`, { method: 'GET' }).isHead).toBe(false);
      expect(understood(`${root}/${path}`, { method: 'HEAD' }).isHead).toBe(true);
    }
  });

  it('refuses an Accept that leaves its type out, with the status of the route', () => {
    const accept = 'text/html';
    expect(decode(`${root}/v4/checkpresent?${asked}`, { accept })).toEqual(badVersion);
    expect(decode(`${root}/v4/key/${key}?${asked}`, { method: 'GET', accept })).toEqual(badVersion);
    expect(decode(`${root}/key/${key}`, { method: 'GET', accept })).toEqual({
      kind: 'problem',
      status: 406,
      text: '',
    });
    expect(decode(`${root}/v4/checkpresent?${asked}`, { accept: '*/*;q=0' })).toEqual(badVersion);
  });

  it.for([
    'application/json;charset=utf-8,application/json',
    '*/*',
    'application/*',
    '',
    'a/b, */*',
  ])('takes an Accept that has its type: %s', (accept) => {
    expect(decode(`${root}/v4/checkpresent?${asked}`, { accept })).toHaveProperty('request');
  });
});

describe('UUIDs and keys in the path', () => {
  it('an empty UUID is an error, with a bad version too', () => {
    for (const version of ['v4', 'nope']) {
      expect(decode(`/git-annex//${version}/checkpresent?${asked}`)).toEqual({
        kind: 'problem',
        status: 400,
        text: 'empty UUID',
      });
    }
    expect(decode(`/git-annex/[]/v4/checkpresent?${asked}`)).toEqual({
      kind: 'problem',
      status: 400,
      text: 'empty UUID',
    });
  });

  it('an undecodable UUID is an error; whether any other is served is decided later', () => {
    expect(decode(`/git-annex/[!!]/v4/checkpresent?${asked}`)).toEqual({
      kind: 'problem',
      status: 400,
      text: undecodable,
    });
    for (const other of ['x', '[', ']', '[eA]x', uuid.slice(1), uuid.toUpperCase()]) {
      const decoded = understood(
        `/git-annex/${encodeURIComponent(other)}/v4/checkpresent?${asked}`,
      );
      expect(decoded.server).toBe(other);
    }
    expect(decode(`/git-annex/a%20b/v4/checkpresent?${asked}`)).toEqual(notFound);
  });

  it('takes a UUID and a key in brackets, plain and escaped', () => {
    const wrapped = `[${Buffer.from(uuid).toString('base64url')}]`;
    expect(wrapped).toHaveLength(50);
    for (const form of [wrapped, encodeURIComponent(wrapped)]) {
      expect(understood(`/git-annex/${form}/v4/checkpresent?${asked}`).server).toBe(uuid);
    }
    const keyForm = '[U0hBMjU2RS1zNS0tYWJj]';
    const get = understood(`${root}/key/${keyForm}`, { method: 'GET' });
    expect(get.request.verb === 'get' && serializeKey(get.request.key)).toBe(key);
  });

  it('wants the padding, and the alphabet of URLs', () => {
    for (const form of ['[U0hBMjU2LS0]', '[U0hB+jU2LS0=]', '[U0hB/jU2LS0=]', '[=]', '[a b=]']) {
      expect(decode(`${root}/key/${encodeURIComponent(form)}`, { method: 'GET' })).toEqual({
        kind: 'problem',
        status: 400,
        text: undecodable,
      });
    }
    expect(understood(`${root}/key/[U0hBMjU2LS0=]`, { method: 'GET' }).request).toHaveProperty(
      'key.name',
      '',
    );
  });

  it.for(['foo', '--x', 'SHA256E-s--x', 'X-m3-s5--a', 'X-s5-a', '[]', '[Zm9v]'])(
    'a path with the key %s is a key parse error',
    (text) => {
      for (const path of [`v4/key/${text}?clientuuid=me`, `key/${text}`]) {
        const decoded = decode(`${root}/${path}`, { method: 'GET' });
        expect(decoded).toEqual({ kind: 'problem', status: 400, text: 'key parse error' });
      }
    },
  );

  it('a slash inside a key needs an escape in the path', () => {
    const get = understood(`${root}/key/X--a%2Fb`, { method: 'GET' });
    expect(get.request).toHaveProperty('key.name', 'a/b');
    expect(decode(`${root}/key/X--a/b`, { method: 'GET' })).not.toHaveProperty('request');
  });
});
