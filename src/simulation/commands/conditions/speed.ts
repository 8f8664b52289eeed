import { standsTwice, unknownRepository } from '../../acts/troubles.ts';
import { arrowOf, type Arrow } from '../../language/arrow.ts';
import { duration, repository, type WordField } from '../../language/fields.ts';
import { misread } from '../../language/misread.ts';
import { printSize } from '../../language/print-size.ts';
import { readSizeWord } from '../../language/values.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `speed` say. */
export interface SetSpeed {
  readonly left: string;
  readonly arrow: Arrow;
  readonly right: string;
  readonly bytesPerSecond: bigint;
  readonly latencyMs: number;
}

const arrow: WordField<Arrow> = {
  kind: 'word',
  usage: 'ARROW',
  isItsOwn: ({ kind }) => kind === 'arrow',
  read: arrowOf,
  print: String,
};

const bytesPerSecond: WordField<bigint> = {
  kind: 'word',
  usage: 'SPEED',
  read(word, dialect) {
    const bytes = readSizeWord(word.text.replace(/\/s$/, ''), dialect) ?? 0n;
    return bytes > 0n ? bytes : misread(word, 'speed', 'bytes a second such as 10MB/s');
  },
  print: (bytes) => `${printSize(bytes)}/s`,
};

/** `speed A <-> B SPEED [LATENCY]`: how fast contents go from one repository to another; else all is at once. */
export const speed: CommandRow<SetSpeed> = {
  isOwn: true,
  fields: {
    left: repository,
    arrow,
    right: repository,
    bytesPerSecond,
    latencyMs: { ...duration('LATENCY', 'latency'), missing: { value: 0 } },
  },
  does({ left: leftName, arrow, right: rightName, bytesPerSecond, latencyMs }, state) {
    const { network, clockwork } = state;
    const left = network.find(leftName);
    if (left === undefined) return troubled(unknownRepository(leftName, network));
    const right = network.find(rightName);
    if (right === undefined) return troubled(unknownRepository(rightName, network));
    if (left === right) return troubled(standsTwice(rightName));
    const speed = { bytesPerSecond: Number(bytesPerSecond), latencyMs };
    if (arrow !== '<-') clockwork.speeds.set(left, right, speed);
    if (arrow !== '->') clockwork.speeds.set(right, left, speed);
    return done;
  },
};
