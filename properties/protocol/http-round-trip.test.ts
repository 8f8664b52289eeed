import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  decodeReply,
  decodeRequest,
  encodeReply,
  encodeRequest,
  hasFeature,
  isOffered,
  splitTarget,
  type HttpCall,
  type HttpEnvelope,
  type HttpProblem,
  type HttpRequest,
  type Reply,
  type Request,
  type Verb,
} from '../../src/protocol/index.ts';
import { verbs } from '../../src/protocol/requests.ts';
import {
  anyRequests,
  bypasses,
  clients,
  uuids,
  versions,
  verbsWithReplies,
} from '../arbitraries/messages.ts';
import { texts } from '../arbitraries/keys.ts';
import { check } from '../settings.ts';

const envelopes: fc.Arbitrary<HttpEnvelope> = fc.record({
  version: versions,
  server: uuids,
  client: clients,
  bypass: bypasses,
});

it('every request comes through HTTP as it was, or is refused by a version that lacks it', () => {
  check(
    fc.property(anyRequests, envelopes, (request, envelope) => {
      const call = encodeRequest(request, envelope);

      expect(call !== undefined).toBe(canSay(request, envelope));
      if (call === undefined) return;
      expect(received(call)).toEqual({ kind: 'request', request, ...envelope, isHead: false });
    }),
    2000,
  );
});

it('a content without a version comes through from its beginning', () => {
  check(
    fc.property(anyRequests, envelopes, (request, envelope) => {
      const call = encodeRequest(request, { ...envelope, isUnversioned: true });

      expect(call !== undefined).toBe(request.verb === 'get');
      if (call === undefined) return;
      const whole = { ...request, offsetBytes: 0 };
      expect(received(call)).toEqual({
        ...envelope,
        kind: 'request',
        request: whole,
        version: 4,
        isHead: false,
      });
    }),
  );
});

it('every reply comes through HTTP as it was, apart from what its version lacks', () => {
  check(
    fc.property(verbsWithReplies, versions, ([verb, reply], version) => {
      const answer = { status: 200, body: encodeReply(reply, version) };

      expect(decodeReply(verb, answer, version)).toEqual(
        'alsoIn' in reply && !hasFeature(version, 'plusUuids') ? { ...reply, alsoIn: [] } : reply,
      );
    }),
    2000,
  );
});

it('any body is a reply that was asked for or a problem, never an exception', () => {
  const bodies = fc.oneof(
    texts,
    fc.json(),
    verbsWithReplies.map(([, reply]) => encodeReply(reply, 4)),
    fc.constantFrom('{"locked":true}', '{"offset":-1}', '{"removed":1}', '{"present":null}', '[]'),
  );
  check(
    fc.property(fc.constantFrom(...verbs), bodies, versions, (verb, body, version) => {
      const reply: Reply | HttpProblem = decodeReply(verb, { status: 200, body }, version);

      expect(faultOf(verb, reply)).toBeUndefined();
    }),
    2000,
  );
});

/** What the outcome for a body may not be. */
function faultOf(verb: Verb, reply: Reply | HttpProblem): string | undefined {
  if ('status' in reply) {
    return reply.status === 502 && reply.text.includes('is no reply') ? undefined : reply.text;
  }
  const again = decodeReply(verb, { status: 200, body: encodeReply(reply, 4) }, 4);
  return isDeepStrictEqual(again, reply) ? undefined : `${reply.kind} changes`;
}

/** Whether a version can say it all. */
function canSay(request: Request, { version }: HttpEnvelope): boolean {
  const isDataPresent = request.verb === 'put' && request.isDataPresent;
  return isOffered(request.verb, version) && (!isDataPresent || hasFeature(version, 'dataPresent'));
}

/** What the server understands. */
function received(call: HttpCall): HttpRequest | HttpProblem {
  const headers = new Map(call.headers);
  const head = {
    method: call.method,
    accept: headers.get('Accept'),
    dataLength: headers.get('X-git-annex-data-length'),
  };
  expect(call.target).toMatch(/^[\x21-\x7e]+$/);
  return decodeRequest(head, splitTarget(call.target));
}
