import { hash } from 'node:crypto';
import { expect, it } from 'vitest';
import { decodeSnapshot, encodeSnapshot } from '../../../src/gateway/intents/intent-text.ts';
import { decodeText } from '../../../src/units/index.ts';
import { imaginaryUuid } from '../../support/branch.ts';
import { keyOf } from '../../support/objects.ts';

const node = imaginaryUuid(1);
const acts = [
  { act: 'store', key: keyOf('WORM-s3--a "b"'), node },
  { act: 'remove', key: keyOf(`WORM--${decodeText(Buffer.from([0xff, 0xe9]))}`), node },
] as const;

/** A snapshot of which only the body is as it is given. */
function snapshotOf(body: string): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.from(`ballast intents 1 7 ${bytes.length} ${hash('sha256', bytes)}\n${body}`);
}

it('acts under way are read as they were written, from the beginning of what is there', () => {
  const bytes = encodeSnapshot({ number: 7, acts });

  expect(decodeSnapshot(Buffer.concat([bytes, Buffer.from('older')]))).toEqual({ number: 7, acts });
  expect(decodeSnapshot(bytes.subarray(0, -1))).toBeUndefined();
});

it('an act that cannot be read hides no other', () => {
  const [first] = JSON.parse(encodeSnapshot({ number: 7, acts }).toString().split('\n')[1] ?? '');
  for (const other of [
    ['keep', node, 'WORM--a'],
    ['store', 'no de', 'WORM--a'],
    ['store', node, 'WORM'],
    ['store', node],
    null,
  ]) {
    const text = JSON.stringify([other, first, other]);
    expect(decodeSnapshot(snapshotOf(text))).toEqual({ number: 7, acts: acts.slice(0, 1) });
  }
});

it.for(['{}', 'null', '7', '['])('%s holds no acts', (body) => {
  expect(decodeSnapshot(snapshotOf(body))).toEqual({ number: 7, acts: [] });
});
