import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KeepLockedScanner, keepLockedObjectMax } from '../../src/protocol/index.ts';
import { texts } from '../arbitraries/keys.ts';
import { check } from '../settings.ts';

const blanks = fc.constantFrom('', '\n', ' ', '\r\n', '\t ');
const objects = fc.constantFrom(
  '{"unlock":false}',
  '{"unlock":false}',
  '{"unlock":false}',
  '{ "unlock" : false , "more" : "ü" }',
  '{"unlock":true}',
  '{"foo":1}',
  '[]',
);
const bodies = fc
  .array(fc.tuple(blanks, fc.oneof({ weight: 9, arbitrary: objects }, texts)), { maxLength: 12 })
  .map((parts) => Buffer.from(parts.flat().join('')));

/** Where a body is cut, as shares of its length. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

it('gives the same verdict on a body however it is cut into pieces', () => {
  check(
    fc.property(bodies, cuts, (body, shares) => {
      expect(verdict(cutAt(body, shares))).toBe(verdict([body]));
    }),
    1000,
  );
});

it('never throws, and holds no more than one object in memory', () => {
  check(
    fc.property(fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 20 }), (pieces) => {
      verdict(pieces);
    }),
  );
  const endless = Array.from({ length: 100 }, () => Buffer.alloc(keepLockedObjectMax, '{"a":"b",'));
  expect(verdict(endless)).toBe('ends');
});

function verdict(pieces: readonly Uint8Array[]): 'ends' | 'keeps' {
  const scanner = new KeepLockedScanner();
  return pieces.some((piece) => scanner.endsLock(piece)) ? 'ends' : 'keeps';
}

function cutAt(body: Buffer, shares: readonly number[]): Buffer[] {
  const places = shares.map((share) => Math.floor(share * body.length)).sort((a, b) => a - b);
  return [0, ...places].map((from, index) => body.subarray(from, places[index] ?? body.length));
}
