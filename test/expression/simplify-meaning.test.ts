import { expect, test } from 'vitest';
import {
  parseExpression,
  printExpression,
  simplifyExpression,
} from '../../src/expression/index.ts';

test.each([
  ['', ''],
  ['present or', 'present or anything'],
  ['include=a or', 'anything'],
  ['or', 'anything'],
  ['not', 'nothing'],
  ['not not present', 'present'],
  ['present and present', 'present'],
  ['include=a or (include=a and copies=1)', 'include=a'],
  ['include=a and (copies=1 or include=a)', 'include=a'],
  ['include=a and exclude=a', 'nothing'],
  ['include=*.a or not include=*.a', 'anything'],
  ['include=a and include=*', 'include=a'],
  ['copies=1 and copies=3 and copies=2', 'copies=3'],
  ['copies=backup:2 or copies=backup:1', 'copies=backup:1'],
  ['largerthan=1kb and largerthan=2kb', 'largerthan=2kb'],
  ['largerthan=2kb and smallerthan=1kb', 'nothing'],
  ['copies=0 and present', 'present'],
  ['present and not present', 'present and not present'],
  ['present or (present and include=a)', 'present'],
  ['include=a or anything or include=[a', 'anything'],
  ['include=[a or anything', 'include=[a or anything'],
  ['include=a and (include=b and copies=1)', 'include=a and include=b and copies=1'],
])('makes of %s: %s', (text, simple) => {
  const parsed = parseExpression(text);

  const tree = parsed.kind === 'expression' ? simplifyExpression(parsed.tree) : undefined;

  expect(tree === undefined ? parsed : printExpression(tree)).toBe(simple);
});
