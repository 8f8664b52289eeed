import type { Chance } from '../world/chance.ts';

/** What parsers trip over. */
const tokens = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  '\t',
  '%',
  '%00',
  '%0d%0a',
  '%ff',
  '../',
  '\u00ff',
  ':',
  '?',
  '&&',
  '==',
  '-1',
  '0x10',
  '1e9',
  '99999999999999999999',
  '9007199254740993',
  '[]',
  '{}',
  '"',
  'HTTP/1.1',
  'HTTP/9.9',
];

/** Bytes that are nearly those. */
export function mutated(bytes: Buffer, chance: Chance): Buffer {
  let changed = bytes;
  for (let changes = 1 + chance.below(4); changes > 0; changes -= 1) {
    const at = chance.below(changed.length + 1);
    const end = Math.min(changed.length, at + 1 + chance.below(chance.happens(0.2) ? 200 : 4));
    const [head, cut, tail] = [
      changed.subarray(0, at),
      changed.subarray(at, end),
      changed.subarray(end),
    ];
    const token = Buffer.from(chance.pick(tokens), 'latin1');
    changed = Buffer.concat(
      chance.pick([
        [head, tail],
        [head, cut, cut, tail],
        [head, token, cut, tail],
        [head, token, tail],
        [head, chance.bytes(1 + chance.below(8)), tail],
      ]),
    );
  }
  return changed;
}

/** A text of one of those, a token, or noise. */
export function odd(chance: Chance, usual: readonly string[]): string {
  if (chance.happens(0.7)) return chance.pick(usual);
  if (chance.happens(0.5)) return chance.pick(usual) + chance.pick(tokens);
  if (chance.happens(0.01)) return chance.pick(['a', '%', '../', '[']).repeat(chance.below(9000));
  return chance.bytes(chance.below(24)).toString('latin1');
}
