import fc from 'fast-check';
import { expect, it } from 'vitest';
import { serializeKey } from '../../src/key/index.ts';
import { decodeRequest, permissionFor, splitTarget } from '../../src/protocol/index.ts';
import { encodeText } from '../../src/units/index.ts';
import { keys, texts } from '../arbitraries/keys.ts';
import { check } from '../settings.ts';

const uuid = '11111111-1111-4111-8111-111111111111';

/** Pieces that targets are made of, so that many of them get far into the decoder. */
const pieces = fc.oneof(
  fc.constantFrom('/', '//', '?', '&', ';', '=', '%', '%5B', '[', ']', '%FF', '+', '.', '..', '[]'),
  fc.constantFrom('git-annex', uuid, 'v0', 'v3', 'v4', 'v5', 'key', 'put', 'remove-before'),
  fc.constantFrom('key=', 'clientuuid=', 'offset=', 'timestamp=', 'lockid=', 'bypass=', 'X-s1--a'),
  fc.constantFrom(
    'checkpresent',
    'keeplocked',
    '__proto__',
    '[WA==]',
    '[!]',
    '99999999999999999999',
  ),
  texts,
);
const junk = fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join(''));
const targets = fc.oneof(
  junk,
  junk.map((text) => `/git-annex/${uuid}/v4/${text}`),
  fc
    .tuple(fc.constantFrom('put', 'remove', 'keeplocked', 'remove-before', 'key/X--y'), junk)
    .map(([name, text]) => `/git-annex/${uuid}/v4/${name}?clientuuid=a&key=X--y&${text}`),
);
const headers = fc.option(fc.oneof(texts, fc.constantFrom('*/*', 'application/json', '5', '-1')), {
  nil: undefined,
});

it('decodes any target and any headers, to a request or to a reason and never to an exception', () => {
  check(
    fc.property(
      targets,
      fc.oneof(fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', ''), texts),
      headers,
      headers,
      (target, method, accept, dataLength) => {
        const decoded = decodeRequest({ method, accept, dataLength }, splitTarget(target));
        expect(faultOf(decoded)).toBeUndefined();
      },
    ),
    2000,
  );
});

it('understands what a client sends: any key, plain when it is UTF-8 and in brackets otherwise', () => {
  check(
    fc.property(keys, texts, fc.nat(), fc.boolean(), (key, file, offsetBytes, isWrapped) => {
      const target = [
        `/git-annex/${uuid}/v4/key/${onTheWire(serializeKey(key), isWrapped)}`,
        `?clientuuid=me&offset=${offsetBytes}&associatedfile=${onTheWire(file, isWrapped)}`,
      ].join('');

      const head = { method: 'GET', accept: undefined, dataLength: undefined };
      const decoded = decodeRequest(head, splitTarget(target));

      expect(decoded).toMatchObject({
        request: { verb: 'get', key, offsetBytes, associatedFile: file },
        server: uuid,
      });
    }),
  );
});

/** What an answer of the decoder may not be. */
function faultOf(decoded: ReturnType<typeof decodeRequest>): string | undefined {
  if ('request' in decoded) return decoded.request.verb in permissionFor ? undefined : 'no verb';
  if (![400, 404, 405, 406].includes(decoded.status)) return `status ${decoded.status}`;
  return (decoded.text === '') === (decoded.status !== 400) ? undefined : 'text or none';
}

/** As the real client puts a text (spec/p2p-http.md section 1, "base64url forms"). */
function onTheWire(text: string, isWrapped: boolean): string {
  const isPlain = !/\p{Surrogate}/u.test(text) && !(text.startsWith('[') && text.endsWith(']'));
  if (isPlain && !isWrapped) return encodeURIComponent(text);
  const base64 = Buffer.from(encodeText(text)).toString('base64');
  return encodeURIComponent(`[${base64.replaceAll('+', '-').replaceAll('/', '_')}]`);
}
