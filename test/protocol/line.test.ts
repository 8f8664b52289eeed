import { describe, expect, it } from 'vitest';
import { parseKey, type Key } from '../../src/key/index.ts';
import {
  decodeLine,
  encodeLine,
  lineLengthMax,
  lineOfReply,
  LineReader,
  linesOfRequest,
  negotiateVersion,
  replyOfLine,
  requestOfLine,
  type LineMessage,
} from '../../src/protocol/index.ts';
import { isOfficial } from '../../src/protocol/line/message.ts';
import { decodeText, parseUuid, type Uuid } from '../../src/units/index.ts';

const key = keyOf('SHA256E-s6--abc');

function lineOf(message: LineMessage): string {
  const bytes = encodeLine(message);
  return bytes instanceof Uint8Array ? decodeText(bytes) : `cannot travel: ${bytes.text}`;
}

describe('lines as the real programs write them', () => {
  const rows: readonly (readonly [string, LineMessage])[] = [
    ['AUTH-SUCCESS u', { word: 'AUTH-SUCCESS', serverUuid: uuid('u') }],
    ['AUTH c t o', { word: 'AUTH', clientUuid: 'c', token: 't o' }],
    ['VERSION 4', { word: 'VERSION', version: 4 }],
    ['CHECKPRESENT SHA256E-s6--abc', { word: 'CHECKPRESENT', key }],
    ['GET 0  SHA256E-s6--abc', { word: 'GET', offsetBytes: 0, associatedFile: undefined, key }],
    [
      'GET 2 foo%%bar SHA256E-s6--abc',
      { word: 'GET', offsetBytes: 2, associatedFile: 'foo%bar', key },
    ],
    ['PUT  SHA256E-s6--abc', { word: 'PUT', associatedFile: undefined, key }],
    ['PUT a/é.txt SHA256E-s6--abc', { word: 'PUT', associatedFile: 'a/é.txt', key }],
    ['PUT-FROM 0', { word: 'PUT-FROM', offsetBytes: 0 }],
    ['DATA 20', { word: 'DATA', lengthBytes: 20 }],
    ['DATA-PRESENT', { word: 'DATA-PRESENT' }],
    ['VALID', { word: 'VALID' }],
    ['INVALID', { word: 'INVALID' }],
    ['ALREADY-HAVE-PLUS U1 U2', { word: 'ALREADY-HAVE-PLUS', uuids: [uuid('U1'), uuid('U2')] }],
    ['SUCCESS-PLUS', { word: 'SUCCESS-PLUS', uuids: [] }],
    ['BYPASS', { word: 'BYPASS', uuids: [] }],
    ['REMOVE-BEFORE 1 SHA256E-s6--abc', { word: 'REMOVE-BEFORE', timestampSeconds: 1, key }],
    ['TIMESTAMP 3067', { word: 'TIMESTAMP', seconds: 3067 }],
    ['UNLOCKCONTENT', { word: 'UNLOCKCONTENT' }],
    ['CONNECT git-upload-pack', { word: 'CONNECT', service: 'git-upload-pack' }],
    ['CONNECTDONE 0', { word: 'CONNECTDONE', exitCode: 0 }],
    ['CHANGED refs/heads/a refs/b', { word: 'CHANGED', refs: ['refs/heads/a', 'refs/b'] }],
    ['ERROR unknown command', { word: 'ERROR', text: 'unknown command' }],
  ];

  it.for(rows)('%s', ([line, message]) => {
    expect(decodeLine(line)).toEqual(message);
    expect(lineOf(message)).toBe(`${line}\n`);
  });

  it('a file with blanks is written with percent signs, which are read as lost', () => {
    expect(lineOf({ word: 'PUT', associatedFile: 'c6 new%é.txt', key })).toBe(
      'PUT c6%new%%é.txt SHA256E-s6--abc\n',
    );
    expect(decodeLine('PUT c6%new%%\u0007é.txt SHA256E-s6--abc')).toMatchObject({
      associatedFile: 'c6_new%_é.txt',
    });
  });

  it.for([
    'CHECKPRESENT',
    'CHECKPRESENT foo',
    'checkpresent SHA256E-s6--abc',
    'GET x  SHA256E-s6--abc',
    'GET 0 SHA256E-s6--abc',
    'PUT /abs SHA256E-s6--abc',
    'GETTIMESTAMP now',
    'UNLOCKCONTENT SHA256E-s6--abc',
    'VERSION abc',
    'VERSION',
    'DATA -1',
    'DATA 1.5',
    'CONNECT git-daemon',
    'NOSUCH',
    'toString',
    ' VALID',
    '',
  ])('%j is no message', (line) => {
    expect(decodeLine(line)).toBeUndefined();
  });

  it('blanks around a key are a part of it, and numbers are read as git-annex does', () => {
    expect(decodeLine('CHECKPRESENT SHA256E-s6--abc ')).toHaveProperty('key.name', 'abc ');
    expect(decodeLine('CHECKPRESENT  X--a')).toHaveProperty('key.backend', ' X');
    expect(decodeLine('VERSION 2 3')).toEqual({ word: 'VERSION', version: 2 });
    expect(decodeLine('VERSION 0x2')).toEqual({ word: 'VERSION', version: 2 });
    expect(decodeLine('VERSION -1')).toEqual({ word: 'VERSION', version: -1 });
  });

  it('what the other side would read otherwise cannot travel', () => {
    const named = (name: string): LineMessage => ({ word: 'REMOVE', key: { ...key, name } });
    expect(encodeLine(named('a\nREMOVE X--y'))).toEqual({
      kind: 'problem',
      parameter: 'key',
      text: 'holds a newline',
    });
    expect(lineOf(named('a\r'))).toBe('cannot travel: ends in a carriage return');
    expect(lineOf({ word: 'PUT', associatedFile: '/abs', key })).toBe(
      'cannot travel: absolute associated file',
    );
    expect(lineOf({ word: 'ERROR', text: 'x'.repeat(lineLengthMax) })).toContain('is longer than');
  });
});

describe('versions', () => {
  it('the lower of what is asked and ours counts', () => {
    expect([9, 4, 3, 0, -1].map(negotiateVersion)).toEqual([4, 4, 3, 0, 0]);
  });

  it('later ones have more messages', () => {
    const first = (word: LineMessage['word']): number =>
      ([0, 1, 2, 3, 4] as const).find((version) => isOfficial(word, version)) ?? -1;
    expect([first('VALID'), first('SUCCESS-PLUS'), first('BYPASS')]).toEqual([1, 2, 2]);
    expect([first('REMOVE-BEFORE'), first('DATA-PRESENT'), first('GET')]).toEqual([3, 4, 0]);
  });
});

describe('requests and replies as lines', () => {
  it('a put opens with PUT and is known whole with its content', () => {
    const put = linesOfRequest({
      verb: 'put',
      key,
      offsetBytes: 2,
      lengthBytes: 4,
      associatedFile: undefined,
      isDataPresent: false,
    });
    expect(put).toEqual({
      opening: { word: 'PUT', associatedFile: undefined, key },
      content: { word: 'DATA', lengthBytes: 4 },
    });
    const opening: LineMessage = { word: 'PUT', associatedFile: 'a', key };
    expect(requestOfLine(opening)).toEqual({ verb: 'putOffset', key });
    expect(
      requestOfLine(opening, { offsetBytes: 0, message: { word: 'DATA-PRESENT' } }),
    ).toMatchObject({ verb: 'put', isDataPresent: true, lengthBytes: 0, associatedFile: 'a' });
    expect(requestOfLine({ word: 'SUCCESS' })).toBeUndefined();
  });

  it('names further repositories only where there are some, from version 2 on', () => {
    const stored = { kind: 'stored', isStored: true, alsoIn: [uuid('U1')] } as const;
    expect(lineOfReply(stored, 2)).toEqual({ word: 'SUCCESS-PLUS', uuids: ['U1'] });
    expect(lineOfReply(stored, 1)).toEqual({ word: 'SUCCESS' });
    expect(lineOfReply({ ...stored, alsoIn: [] }, 4)).toEqual({ word: 'SUCCESS' });
    expect(lineOfReply({ kind: 'notLocked' }, 4)).toEqual({ word: 'FAILURE' });
  });

  it('takes no reply for another', () => {
    expect(replyOfLine('put', { word: 'ALREADY-HAVE' })).toEqual({
      kind: 'alreadyHave',
      alsoIn: [],
    });
    expect(replyOfLine('remove', { word: 'ALREADY-HAVE' })).toBeUndefined();
    expect(replyOfLine('checkPresent', { word: 'ERROR', text: 'x' })).toBeUndefined();
    expect(replyOfLine('getTimestamp', { word: 'SUCCESS' })).toBeUndefined();
  });
});

describe('a session', () => {
  it('has the bytes of its data between its lines, as views of what came in', () => {
    const piece = Buffer.from('DATA 6\nhello\nVALID\r\nSUCC');
    const reader = new LineReader();
    const events = [];
    for (const event of reader.read(piece)) {
      events.push(event);
      if (event.kind === 'message' && event.message.word === 'DATA') reader.takeData(6);
    }

    expect(events).toEqual([
      { kind: 'message', message: { word: 'DATA', lengthBytes: 6 } },
      { kind: 'data', bytes: Buffer.from('hello\n'), leftBytes: 0 },
      { kind: 'message', message: { word: 'VALID' } },
    ]);
    expect(events[1]?.kind === 'data' && events[1].bytes.buffer === piece.buffer).toBe(true);
    expect(reader.isWithin).toBe(true);
    expect([...reader.read(Buffer.from('ESS\nnonsense\n'))]).toEqual([
      { kind: 'message', message: { word: 'SUCCESS' } },
      { kind: 'unknown', text: 'nonsense' },
    ]);
  });

  it('reads the bytes after a DATA that nobody asked for as lines', () => {
    const events = [...new LineReader().read(Buffer.from('DATA 3\nabc\n'))];
    expect(events[1]).toEqual({ kind: 'unknown', text: 'abc' });
  });

  it('gives up at 32768 bytes without an end, in one piece or in many', () => {
    const most = Buffer.alloc(lineLengthMax, 'x');
    const reader = new LineReader();
    expect(Array.from(most, (byte) => [...reader.read(Uint8Array.of(byte))]).flat()).toEqual([]);
    expect([...reader.read(Buffer.from('\n'))]).toMatchObject([{ kind: 'unknown' }]);

    expect([...reader.read(most)]).toEqual([]);
    expect([...reader.read(Buffer.from('x'))]).toEqual([{ kind: 'tooLong' }]);
    expect([...reader.read(Buffer.from('\nVALID\n'))]).toEqual([]);
  });
});

function keyOf(text: string): Key {
  const key = parseKey(text);
  if (key === undefined) throw new Error(text);
  return key;
}

function uuid(text: string): Uuid {
  const uuid = parseUuid(text);
  if (uuid === undefined) throw new Error(text);
  return uuid;
}
