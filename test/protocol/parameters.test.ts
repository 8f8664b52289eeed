import { describe, expect, it } from 'vitest';
import { serializeKey } from '../../src/key/index.ts';
import {
  decodeRequest,
  splitTarget,
  type HttpProblem,
  type HttpRequest,
} from '../../src/protocol/index.ts';
import { encodeText } from '../../src/units/index.ts';

const uuid = '11111111-1111-4111-8111-111111111111';
const key = 'SHA256E-s5--abc';

function post(path: string, dataLength?: string, method = 'POST'): HttpRequest | HttpProblem {
  const head = { method, accept: undefined, dataLength };
  return decodeRequest(head, splitTarget(`/git-annex/${uuid}/${path}`));
}

function bad(text: string): HttpProblem {
  return { kind: 'problem', status: 400, text };
}

const undecodable = 'unable to base64 decode [] wrapped value';
const failing = (name: string): string => `Error parsing query parameter ${name} failed:`;

describe('parameters that are missing or wrong', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['v4/checkpresent?clientuuid=me', 'Query parameter key is required'],
    ['v4/checkpresent?key&clientuuid=me', 'Query parameter key is required'],
    [`v4/checkpresent?key=${key}`, 'Query parameter clientuuid is required'],
    [`v4/checkpresent?key=${key}&clientuuid`, 'Query parameter clientuuid is required'],
    ['v4/gettimestamp', 'Query parameter clientuuid is required'],
    ['v4/remove?key=foo&clientuuid=me', `${failing('key')} key parse error`],
    ['v4/remove?key=&clientuuid=me', `${failing('key')} key parse error`],
    ['v4/remove?key=[]&clientuuid=me', `${failing('key')} key parse error`],
    ['v4/remove?key=[!]&clientuuid=me', `${failing('key')} ${undecodable}`],
    [`v4/remove?key=${key}&clientuuid=[!]`, `${failing('clientuuid')} ${undecodable}`],
    [`v4/remove?key=${key}&clientuuid=`, `${failing('clientuuid')} empty UUID`],
    [`v4/remove?key=${key}&clientuuid=[]`, `${failing('clientuuid')} empty UUID`],
    [
      `v4/remove?key=${key}&clientuuid=me&bypass=`,
      'Error parsing query parameter(s) bypass failed: empty UUID',
    ],
    [
      `v0/remove?key=${key}&clientuuid=me&bypass=a&bypass[]=[!]`,
      `Error parsing query parameter(s) bypass failed: ${undecodable}`,
    ],
    [`v4/remove-before?key=${key}&clientuuid=me`, 'Query parameter timestamp is required'],
    [
      `v4/remove-before?key=${key}&clientuuid=me&timestamp=soon`,
      `${failing('timestamp')} timestamp parse error`,
    ],
    [
      `v4/remove-before?key=${key}&clientuuid=me&timestamp=`,
      `${failing('timestamp')} timestamp parse error`,
    ],
    ['v4/keeplocked', 'Query parameter lockid is required'],
    ['v4/keeplocked?lockid=[!]', `${failing('lockid')} ${undecodable}`],
  ];

  it.for(rows)('%s', ([path, text]) => {
    expect(post(path)).toEqual(bad(text));
  });

  it.for(['1.5', '1e0', '', 'abc', '--1', '1 2'])('an offset of "%s" is no number', (offset) => {
    const text = `${failing('offset')} offset parse error`;
    const query = `clientuuid=me&offset=${encodeURIComponent(offset)}`;
    expect(post(`v4/key/${key}?${query}`, undefined, 'GET')).toEqual(bad(text));
    expect(post(`v4/put?key=${key}&${query}`, '5')).toEqual(bad(text));
  });

  it('a put wants its length, as a number', () => {
    const put = `v4/put?key=${key}&clientuuid=me`;
    const name = 'X-git-annex-data-length';
    expect(post(put)).toEqual(bad(`Header ${name} is required`));
    expect(post(`${put}&data-present=true`)).toEqual(bad(`Header ${name} is required`));
    for (const length of ['', 'five', '1.5', '5, 5']) {
      const text = `Error parsing header ${name} failed: ${name} parse error`;
      expect(post(put, length)).toEqual(bad(text));
    }
  });

  it('a data-present that is neither true nor false is quoted back', () => {
    const put = `v4/put?key=${key}&clientuuid=me&data-present=`;
    for (const value of ['yes', '', 'true ']) {
      expect(post(put + encodeURIComponent(value), '5')).toEqual(
        bad(`${failing('data-present')} could not parse: \`${value}'`),
      );
    }
  });
});

describe('parameters that are understood', () => {
  it('a put has its offset, length, file and whether the data is there', () => {
    const put = `v4/put?key=${key}&clientuuid=me&offset=2&associatedfile=a%2Fb+c&data-present=TrUe`;
    expect(post(put, ' 3 ')).toEqual({
      kind: 'request',
      request: {
        verb: 'put',
        key: expect.anything(),
        offsetBytes: 2,
        lengthBytes: 3,
        associatedFile: 'a/b c',
        isDataPresent: true,
      },
      version: 4,
      server: uuid,
      client: 'me',
      bypass: [],
      isHead: false,
    });
  });

  it('data-present counts from version 4 on', () => {
    const put = `put?key=${key}&clientuuid=me&data-present=true`;
    expect(post(`v3/${put}`, '5')).toHaveProperty('request.isDataPresent', false);
    expect(post(`v3/${put}x`, '5')).toHaveProperty('request.isDataPresent', false);
    expect(post(`v4/${put}`, '5')).toHaveProperty('request.isDataPresent', true);
    expect(post(`v4/put?key=${key}&clientuuid=me&data-present`, '5')).toHaveProperty(
      'request.isDataPresent',
      false,
    );
  });

  it.for([
    ['-1', 0],
    ['007', 7],
    [' 5 ', 5],
    ['99999999999999999999', Number.MAX_SAFE_INTEGER],
  ] as const)('an offset of "%s" is %i', ([text, bytes]) => {
    const get = post(`v4/key/${key}?clientuuid=me&offset=${encodeURIComponent(text)}`, '', 'GET');
    expect(get).toHaveProperty('request.offsetBytes', bytes);
  });

  it('the unversioned route takes no offset and needs no client', () => {
    const get = post(`key/${key}?offset=3`, undefined, 'GET');
    expect(get).toMatchObject({ request: { offsetBytes: 0 }, client: undefined, version: 4 });
    expect(post(`key/${key}?offset=x`, undefined, 'GET')).toHaveProperty('request');
  });

  it('a keeplocked needs no client either', () => {
    expect(post('v4/keeplocked?lockid=a')).toMatchObject({
      request: { verb: 'keepLocked', lockId: 'a' },
      client: undefined,
    });
  });

  it('the first of several values counts, except of bypass', () => {
    const query = `key=${key}&key=foo&clientuuid=one&clientuuid=&bypass=a&bypass[]=b&bypass%5B%5D=[Yw==]`;
    expect(post(`v0/remove?${query}`)).toMatchObject({ client: 'one', bypass: ['a', 'b', 'c'] });
  });

  it('separates by ; and &, skips what is empty, takes + for a blank and ignores the unknown', () => {
    const query = `&&;key=${key};;clientuuid=a+b%2Bc;nonsense=[!];&=x&=`;
    expect(post(`v4/remove?${query}`)).toMatchObject({ client: 'a b+c' });
  });

  it('ignores one slash at the end of the path, and no more', () => {
    const query = `key=${key}&clientuuid=me`;
    expect(post(`v4/remove/?${query}`)).toHaveProperty('request');
    expect(post(`v4/remove//?${query}`)).toEqual({ kind: 'problem', status: 404, text: '' });
  });

  it('brackets bring bytes that are no UTF-8 through; escapes of such are replaced', () => {
    const bytes = Buffer.from([0x58, 0x2d, 0x2d, 0xff, 0xc3]);
    const wrapped = `[${bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_')}]`;
    const decoded = post(`v4/remove?key=${encodeURIComponent(wrapped)}&clientuuid=me`);
    if (!('request' in decoded) || decoded.request.verb !== 'remove') throw new Error('refused');
    expect(Buffer.from(encodeText(serializeKey(decoded.request.key)))).toEqual(bytes);
    expect(post('v4/remove?key=X--%FF&clientuuid=me')).toHaveProperty('request.key.name', '\ufffd');
  });

  it('one bracket alone stands for itself', () => {
    const decoded = post('v4/remove?key=X--y]&clientuuid=[me&bypass=a]');
    expect(decoded).toMatchObject({
      client: '[me',
      bypass: ['a]'],
      request: { key: { name: 'y]' } },
    });
  });

  it('a key may hold anything', () => {
    const name = '--a/b\n\u0000ü';
    const decoded = post(`v4/remove?key=X-s0005--${encodeURIComponent(name)}&clientuuid=me`);
    expect(decoded).toMatchObject({ request: { key: { name, sizeBytes: 5n } } });
  });
});
