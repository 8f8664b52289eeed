import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  encodeLine,
  hasFeature,
  lineLengthMax,
  lineOfReply,
  LineReader,
  linesOfRequest,
  replyOfLine,
  requestOfLine,
  type LineEvent,
  type LineMessage,
  type Reply,
  type Request,
} from '../../src/protocol/index.ts';
import { decodeText, isWhiteSpace } from '../../src/units/index.ts';
import { anyLines, anyRequests, verbsWithReplies, versions } from '../arbitraries/messages.ts';
import { check } from '../settings.ts';

/** Where a session is cut into pieces, as shares of its length. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

it('every line comes through as it was, or cannot travel and says why', () => {
  check(
    fc.property(anyLines, (message) => {
      const bytes = encodeLine(message);

      expect(bytes instanceof Uint8Array ? undefined : bytes.text).toBe(reasonFor(message));
      if (!(bytes instanceof Uint8Array)) return;
      expect([...new LineReader().read(bytes)]).toEqual([
        { kind: 'message', message: asRead(message) },
      ]);
    }),
    5000,
  );
});

it('every request comes through a line, with its file as lines have files', () => {
  check(
    fc.property(anyRequests, (request) => {
      const lines = linesOfRequest(request);

      expect(lines === undefined).toBe(request.verb === 'keepLocked');
      if (lines === undefined || !(encodeLine(lines.opening) instanceof Uint8Array)) return;
      const { opening, content } = lines;
      const offsetBytes = request.verb === 'put' ? request.offsetBytes : 0;
      const known = content && { offsetBytes, message: throughLine(content) };
      expect(requestOfLine(throughLine(opening), known)).toEqual(onLine(request));
    }),
    2000,
  );
});

it('the opening of a put asks for the offset until its content is known', () => {
  check(
    fc.property(anyRequests, (request) => {
      if (request.verb !== 'put') return;
      const opening = linesOfRequest(request)?.opening;
      expect(opening && requestOfLine(opening)).toEqual({ verb: 'putOffset', key: request.key });
    }),
  );
});

it('every reply comes through a line, apart from what its version lacks and the id of a lock', () => {
  check(
    fc.property(verbsWithReplies, versions, ([verb, reply], version) => {
      const message = lineOfReply(reply, version);
      const isPlus = hasFeature(version, 'plusUuids');

      expect(message.word.endsWith('-PLUS')).toBe('uuids' in message && message.uuids.length > 0);
      const expected = expectedOnLine(reply, isPlus);
      // The answer to a keepLocked is none on a line, since nothing was asked.
      expect(replyOfLine(verb, throughLine(message))).toEqual(expected);
    }),
    2000,
  );
});

it('a session is read the same however it is cut into pieces, its data without a byte more or less', () => {
  const turns = fc.array(
    fc.oneof(
      anyLines.filter((message) => message.word !== 'DATA'),
      fc.uint8Array({ maxLength: 40 }),
    ),
    { maxLength: 8 },
  );
  check(
    fc.property(turns, fc.boolean(), cuts, (session, hasReturns, shares) => {
      const sent = session.filter(
        (turn) => turn instanceof Uint8Array || encodeLine(turn) instanceof Uint8Array,
      );
      const bytes = Buffer.concat(sent.map((turn) => bytesOf(turn, hasReturns)));

      expect(readAll(cutAt(bytes, shares))).toEqual(
        sent.flatMap((turn): (LineMessage | string)[] =>
          turn instanceof Uint8Array
            ? [{ word: 'DATA', lengthBytes: turn.length }, decodeText(turn)]
            : [asRead(turn)],
        ),
      );
    }),
    1000,
  );
});

it('any bytes are read without an exception, to an end and in bounded memory', () => {
  check(
    fc.property(fc.uint8Array({ size: 'large' }), cuts, (bytes, shares) => {
      const reader = new LineReader();
      for (const piece of cutAt(Buffer.from(bytes), shares)) {
        for (const event of reader.read(piece)) {
          const text = event.kind === 'unknown' ? event.text : '';
          expect(text.length).toBeLessThanOrEqual(lineLengthMax);
        }
      }
    }),
  );
});

/** A turn of a session: a line, or data with the line that announces it. */
function bytesOf(turn: LineMessage | Uint8Array, hasReturns: boolean): Uint8Array {
  const message: LineMessage =
    turn instanceof Uint8Array ? { word: 'DATA', lengthBytes: turn.length } : turn;
  const line = encodeLine(message);
  if (!(line instanceof Uint8Array)) throw new Error(line.text);
  const end = hasReturns ? '\r\n' : '\n';
  const whole = Buffer.concat([line.subarray(0, -1), Buffer.from(end)]);
  return turn instanceof Uint8Array ? Buffer.concat([whole, turn]) : whole;
}

/** The messages and, as text, the data of a session. */
function readAll(pieces: readonly Uint8Array[]): (LineMessage | string)[] {
  const reader = new LineReader();
  const read: (LineMessage | string)[] = [];
  let bytes: Uint8Array[] = [];
  for (const event of pieces.flatMap((piece) => take(reader, piece))) {
    if (event.kind === 'message') read.push(event.message);
    else if (event.kind === 'data') {
      bytes.push(event.bytes);
      if (event.leftBytes > 0) continue;
      read.push(decodeText(Buffer.concat(bytes)));
      bytes = [];
    } else read.push(event.kind);
  }
  expect(reader.isWithin).toBe(false);
  return read;
}

function take(reader: LineReader, piece: Uint8Array): LineEvent[] {
  const events: LineEvent[] = [];
  for (const event of reader.read(piece)) {
    events.push(event);
    if (event.kind === 'message' && event.message.word === 'DATA') {
      reader.takeData(event.message.lengthBytes);
    }
  }
  return events;
}

function throughLine<Message extends LineMessage>(message: Message): Message {
  const bytes = encodeLine(message);
  if (!(bytes instanceof Uint8Array)) throw new Error(bytes.text);
  const [event] = new LineReader().read(bytes);
  if (event?.kind !== 'message') throw new Error('no message');
  if (!isSameKind(event.message, message)) throw new Error(event.message.word);
  return event.message;
}

function isSameKind<Message extends LineMessage>(
  message: LineMessage,
  like: Message,
): message is Message {
  return message.word === like.word;
}

/** Said in other words than the codec's: why a line cannot hold this message. */
function reasonFor(message: LineMessage): string | undefined {
  const { word } = message;
  if (word === 'CHANGED' && message.refs.some((ref) => ref.includes(' '))) {
    return 'an item of the list is empty or holds a blank';
  }
  const last = lastText(message);
  if ('associatedFile' in message && message.associatedFile?.startsWith('/') === true) {
    return 'absolute associated file';
  }
  if (word === 'AUTH') {
    if (message.clientUuid.includes('\n')) return 'holds a newline';
    if (message.clientUuid.includes(' ')) return 'holds a blank';
  }
  if (last.includes('\n')) return 'holds a newline';
  return last.endsWith('\r') ? 'ends in a carriage return' : undefined;
}

function lastText(message: LineMessage): string {
  if ('key' in message) return message.key.name;
  if ('refs' in message) return message.refs.join(' ');
  if ('token' in message) return message.token;
  return 'text' in message ? message.text : '';
}

/** A line's message as the other side has it: the blanks of a file are lost. */
function asRead(message: LineMessage): LineMessage {
  if (!('associatedFile' in message)) return message;
  return { ...message, associatedFile: fileOnLine(message.associatedFile) };
}

function onLine(request: Request): Request {
  if (request.verb === 'put' && request.isDataPresent) {
    return { ...request, lengthBytes: 0, associatedFile: fileOnLine(request.associatedFile) };
  }
  if (!('associatedFile' in request)) return request;
  return { ...request, associatedFile: fileOnLine(request.associatedFile) };
}

function fileOnLine(file: string | undefined): string | undefined {
  if (file === undefined || file === '') return undefined;
  // On the way a run of blanks and percent signs is percent signs only, one for a blank and two for
  // another; two of them are read as one and the last, when it is alone, as a blank that was lost.
  const runs = file.replaceAll(/[%\t-\r\p{Zs}]+/gu, (run) => {
    const percents = Array.from(run, (each) => (isWhiteSpace(each) ? 1 : 2));
    const count = percents.reduce<number>((sum, each) => sum + each, 0);
    return '%'.repeat(Math.floor(count / 2)) + (count % 2 === 1 ? '_' : '');
  });
  return runs.replaceAll(/\p{Cc}/gu, '_');
}

function expectedOnLine(reply: Reply, isPlus: boolean): Reply {
  if (reply.kind === 'locked') return { ...reply, lockId: '' };
  return 'alsoIn' in reply && !isPlus ? { ...reply, alsoIn: [] } : reply;
}

function cutAt(bytes: Buffer, shares: readonly number[]): Buffer[] {
  const places = shares.map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
}
