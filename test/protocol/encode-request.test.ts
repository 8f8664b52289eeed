import { describe, expect, it } from 'vitest';
import { parseKey, type Key } from '../../src/key/index.ts';
import { decodeText, parseUuid, type Uuid } from '../../src/units/index.ts';
import {
  decodeContentHead,
  decodeReply,
  encodeRequest,
  keepLockedPieces,
  replyLengthMax,
  type HttpCall,
  type HttpEnvelope,
  type Request,
  type ProtocolVersion,
} from '../../src/protocol/index.ts';

const server = uuidOf('11111111-1111-4111-8111-111111111111');
const key = keyOf('SHA256E-s5--abc.txt');
const jsonAccept = ['Accept', 'application/json;charset=utf-8,application/json'];

function call(request: Request, more: Partial<HttpEnvelope> = {}): HttpCall | undefined {
  return encodeRequest(request, { version: 4, server, client: 'CU', ...more });
}

function path(request: Request, more: Partial<HttpEnvelope> = {}): string | undefined {
  return call(request, more)?.target.replace(`/git-annex/${server}`, '');
}

describe('requests in the form of the real client', () => {
  it('checkpresent', () => {
    expect(call({ verb: 'checkPresent', key })).toEqual({
      method: 'POST',
      target: `/git-annex/${server}/v4/checkpresent?key=SHA256E-s5--abc.txt&clientuuid=CU`,
      headers: [jsonAccept],
      body: 'nothing',
    });
  });

  it('get, with an offset only when there is one', () => {
    const get: Request = { verb: 'get', key, offsetBytes: 0, associatedFile: 'hello.txt' };
    expect(call(get)).toEqual({
      method: 'GET',
      target: `/git-annex/${server}/v4/key/SHA256E-s5--abc.txt?clientuuid=CU&associatedfile=hello.txt`,
      headers: [['Accept', 'application/octet-stream']],
      body: 'nothing',
    });
    expect(path({ ...get, offsetBytes: 3, associatedFile: undefined })).toBe(
      '/v4/key/SHA256E-s5--abc.txt?clientuuid=CU&offset=3',
    );
    expect(path(get, { isUnversioned: true, client: undefined })).toBe(
      '/key/SHA256E-s5--abc.txt?associatedfile=hello.txt',
    );
  });

  const put: Request = {
    verb: 'put',
    key,
    offsetBytes: 0,
    lengthBytes: 200_000,
    associatedFile: 'spa ce%é.bin',
    isDataPresent: false,
  };

  it('put, with its offset always', () => {
    expect(call(put)).toEqual({
      method: 'POST',
      target:
        `/git-annex/${server}/v4/put?key=SHA256E-s5--abc.txt&clientuuid=CU` +
        '&associatedfile=spa%20ce%25%C3%A9.bin&offset=0',
      headers: [
        jsonAccept,
        ['Content-Type', 'application/octet-stream'],
        ['X-git-annex-data-length', '200000'],
      ],
      body: 'content',
    });
  });

  it('keeplocked, with its body', () => {
    expect(call({ verb: 'keepLocked', lockId: 'ID' })).toEqual({
      method: 'POST',
      target: `/git-annex/${server}/v4/keeplocked?lockid=ID&clientuuid=CU`,
      headers: [
        jsonAccept,
        ['Content-Type', 'application/json;charset=utf-8'],
        ['Connection', 'Keep-Alive'],
        ['Keep-Alive', 'timeout=1200'],
      ],
      body: 'unlocks',
    });
    expect(keepLockedPieces).toEqual({ keep: '{"unlock":false}\n', unlock: '{"unlock":true}\n' });
  });

  it('remove-before, and gateways that are not to be connected to', () => {
    const remove: Request = { verb: 'removeBefore', key, timestampSeconds: 3067 };
    expect(path(remove, { version: 3, bypass: ['a', '[b'] })).toBe(
      '/v3/remove-before?key=SHA256E-s5--abc.txt&clientuuid=CU&bypass=a&bypass=%5Bb&timestamp=3067',
    );
  });

  it('wraps what is not UTF-8 or stands in brackets, and nothing else', () => {
    const named = (name: string): string | undefined =>
      path({ verb: 'remove', key: { ...key, sizeBytes: undefined, backend: 'X', name } });
    expect(named('a/b +&=ü]')).toBe('/v4/remove?key=X--a%2Fb%20%2B%26%3D%C3%BC%5D&clientuuid=CU');
    expect(named(decodeText(Uint8Array.of(0xff)))).toBe(
      '/v4/remove?key=%5BWC0t_w%3D%3D%5D&clientuuid=CU',
    );
    expect(path({ verb: 'keepLocked', lockId: '[x]' })).toBe(
      '/v4/keeplocked?lockid=%5BW3hd%5D&clientuuid=CU',
    );
  });

  it('a version that lacks what is asked gives nothing to send', () => {
    expect(path({ verb: 'putOffset', key }, { version: 0 })).toBeUndefined();
    expect(path({ verb: 'getTimestamp' }, { version: 2 })).toBeUndefined();
    expect(path({ ...put, isDataPresent: true }, { version: 3 })).toBeUndefined();
    expect(path({ ...put, isDataPresent: true })).toContain('&offset=0&data-present=true');
    expect(path({ verb: 'remove', key }, { isUnversioned: true })).toBeUndefined();
  });
});

describe('answers, as a client takes them', () => {
  it('a refusal has the status and the reason of the server', () => {
    const answer = { status: 400, body: 'bad version' };
    expect(decodeReply('remove', answer, 4)).toEqual({
      kind: 'problem',
      status: 400,
      text: 'bad version',
    });
    expect(decodeContentHead(404, undefined)).toEqual({ kind: 'problem', status: 404, text: '' });
  });

  it('a reply may have more members than are known, and fewer that hold nothing', () => {
    const body = '{ "removed" : true, "more": [1], "plusuuids": [] }';
    const removed = { kind: 'removed', isRemoved: true, alsoIn: [] };
    expect(decodeReply('remove', { status: 200, body }, 4)).toEqual(removed);
    expect(decodeReply('remove', { status: 200, body: '{"removed":true}' }, 4)).toEqual(removed);
  });

  it('an offset is told from a content that is there already', () => {
    const reply = (body: string) => decodeReply('putOffset', { status: 200, body }, 4);
    expect(reply('{"offset":7}')).toEqual({ kind: 'putFrom', offsetBytes: 7 });
    expect(reply('{"alreadyhave":true,"plusuuids":["u"]}')).toEqual({
      kind: 'alreadyHave',
      alsoIn: ['u'],
    });
  });

  it.for([
    '',
    'true',
    '[]',
    '{"locked":true}',
    '{"locked":true,"lockid":""}',
    '{"locked":"true","lockid":"x"}',
    '{"present":true}',
    `{"locked":false,"x":"${'x'.repeat(replyLengthMax)}"}`,
  ])('%.40s is no answer to a lockcontent', (body) => {
    expect(decodeReply('lockContent', { status: 200, body }, 4)).toEqual({
      kind: 'problem',
      status: 502,
      text: expect.stringContaining('the answer to lockcontent is no reply'),
    });
  });

  it('name further repositories only in versions that have them, and need not', () => {
    const reply = (body: string, version: ProtocolVersion): unknown =>
      decodeReply('remove', { status: 200, body }, version);

    expect(reply('{"removed":true}', 4)).toMatchObject({ isRemoved: true, alsoIn: [] });
    expect(reply('{"removed":true,"plusuuids":["u"]}', 2)).toMatchObject({ alsoIn: ['u'] });
    expect(reply('{"removed":true,"plusuuids":["u"]}', 1)).toMatchObject({ alsoIn: [] });
    expect(reply('{"removed":true,"plusuuids":7}', 1)).toMatchObject({ alsoIn: [] });
  });

  it('that are none are told of by what was expected, and where', () => {
    const text = (body: string): unknown => decodeReply('remove', { status: 200, body }, 4);

    expect(text('{"removed":true,"plusuuids":["u","u w"]}')).toMatchObject({
      text: 'the answer to remove is no reply: plusuuids[1] is "u w", where a UUID was expected',
    });
    expect(text('{"plusuuids":[]}')).toMatchObject({
      text: 'the answer to remove is no reply: removed is missing',
    });
    expect(decodeReply('putOffset', { status: 200, body: '{"offset":-1}' }, 4)).toMatchObject({
      kind: 'problem',
    });
  });

  it('a content has its length, or is a problem', () => {
    expect(decodeContentHead(200, '12')).toEqual({ kind: 'content', lengthBytes: 12 });
    for (const length of [undefined, '-1', 'x']) {
      expect(decodeContentHead(200, length)).toMatchObject({ status: 502 });
    }
  });
});

function keyOf(text: string): Key {
  const key = parseKey(text);
  if (key === undefined) throw new Error(text);
  return key;
}

function uuidOf(text: string): Uuid {
  const uuid = parseUuid(text);
  if (uuid === undefined) throw new Error(text);
  return uuid;
}
