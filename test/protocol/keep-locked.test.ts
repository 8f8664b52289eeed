import { describe, expect, it } from 'vitest';
import { KeepLockedScanner, keepLockedObjectMax } from '../../src/protocol/index.ts';

function scan(...pieces: readonly string[]): boolean[] {
  const scanner = new KeepLockedScanner();
  return pieces.map((piece) => scanner.endsLock(Buffer.from(piece)));
}

describe('the body of a keeplocked', () => {
  it('keeps the lock for as long as it says so, as the real client sends it', () => {
    expect(scan('{"unlock":false}', '\n', '{"unlock":true}')).toEqual([false, false, true]);
  });

  it.for([
    '{"unlock":false}{"unlock":false}',
    '{"unlock":false}\r\n {"unlock":false}\t',
    '{\n  "unlock" : false\n}',
    '{"unlock":false,"more":[1,2]}',
    ' \r\n\t',
    '',
    '{',
  ])('keeps the lock after %j', (body) => {
    expect(scan(body)).toEqual([false]);
  });

  it.for([
    '{"unlock":true}',
    '{"unlock":false}{"unlock":true}',
    'junk',
    '{"foo":1}',
    '{"unlock":1}',
    '{"unlock":null}',
    '{}',
    '[]',
    'true',
    '"',
    '{"unlock":false},',
    '{unlock:false}',
    '\u0000',
  ])('ends the lock at %j', (body) => {
    expect(scan(body)).toEqual([true]);
  });

  it('ends the lock at an object without end, in bounded memory', () => {
    const scanner = new KeepLockedScanner();
    const piece = Buffer.alloc(512, '{"unlock":false');
    let pieces = 0;
    while (!scanner.endsLock(piece)) pieces += 1;
    expect(pieces * piece.length).toBeLessThanOrEqual(keepLockedObjectMax);
  });

  it.for([
    ['{"unlock":false,"why":"}"}', false],
    ['{"unlock":false,"more":{"a":1}}', false],
    ['{"unlock":false,"why":"\\"}"}', false],
    [`{${' '.repeat(keepLockedObjectMax)}"unlock":false}`, true],
  ] as const)('judges %j the same in one piece and in two', ([text, endsLock]) => {
    const verdict = (cut: number): boolean =>
      scan(text.slice(0, cut), text.slice(cut)).some(Boolean);

    expect([verdict(0), verdict(text.length - 2)]).toEqual([endsLock, endsLock]);
  });
});
