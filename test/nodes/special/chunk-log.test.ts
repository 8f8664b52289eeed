import { describe, expect, it } from 'vitest';
import {
  chunkLogPath,
  locationLogPath,
  parseChunkLog,
  setChunks,
  stampOf,
} from '../../../src/repository/index.ts';
import { imaginaryUuid } from '../../support/branch.ts';
import { keyOf } from '../../support/objects.ts';

describe('the chunk log of a key', () => {
  const now = stampOf(1_795_972_300_000);
  const remote = imaginaryUuid(1);
  const log =
    `1795972235s ${remote}:2000 3\n` +
    `1795972256s ${remote}:1000 5\n` +
    `1795972250s ${remote}:1000 4\n` +
    `1795972256s ${imaginaryUuid(2)}:7 1\n`;

  it('is beside its location log, and named after the plain key', () => {
    const key = keyOf('SHA256E-s5--abc.txt');
    expect(chunkLogPath(key)).toBe(`${locationLogPath(key)}.cnk`);
  });

  it('has of one remote each size with its newest count, smaller sizes first', () => {
    expect(parseChunkLog(log, remote)).toEqual([
      { chunkBytes: 1000n, count: 5n },
      { chunkBytes: 2000n, count: 3n },
    ]);
    expect(parseChunkLog(log, imaginaryUuid(3))).toEqual([]);
  });

  it('passes over what is no line of one', () => {
    for (const line of [
      `5s ${remote} 3`,
      `5s ${remote}:0 3`,
      `5s ${remote}:1000`,
      `5s ${remote}:1000 many`,
      `x ${remote}:1000 3`,
      `5s ${remote}:1000 -1`,
    ]) {
      expect(parseChunkLog(`${line}\n`, remote)).toEqual([]);
    }
  });

  it('is set to a count with a stamp that wins, and left alone when it says so already', () => {
    const change = { remote, chunkBytes: 1000n, count: 0n, now };
    const after = setChunks(log, change);
    expect(parseChunkLog(after, remote)[0]).toEqual({ chunkBytes: 1000n, count: 0n });
    expect(after).toContain(`1795972300s ${remote}:1000 0\n`);
    expect(after).toContain(`${imaginaryUuid(2)}:7 1\n`);
    expect(setChunks(after, change)).toBe(after);
  });
});
