import { describe, expect, test } from 'vitest';
import { journalName, journalPath, locationLogPath } from '../../src/repository/index.ts';
import { keyOf } from '../support/objects.ts';

describe('journal file names', () => {
  test.each([
    ['0dc/51b/SHA256E-s1000--40d8.log', '0dc_51b_SHA256E-s1000--40d8.log'],
    ['574/ac8/WORM-s3-m1--a_b%c&sd.log', '574_ac8_WORM-s3-m1--a__b%c&sd.log'],
    ['uuid.log', 'uuid.log'],
    ['group-preferred-content.log', 'group-preferred-content.log'],
  ])('%s is %s', (path, name) => {
    expect(journalName(path)).toBe(name);
    expect(journalPath(name)).toBe(path);
  });

  test.each(['_X-s3--a', '__X-s3--a', '___--', 'A--_', 'A--b_', '_'.repeat(5) + '--_a__'])(
    'the log of key %s is found again, which git-annex loses when it commits',
    (keyText) => {
      const path = locationLogPath(keyOf(keyText));

      expect(journalPath(journalName(path))).toBe(path);
    },
  );
});
