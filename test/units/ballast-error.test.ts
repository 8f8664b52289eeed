import { expect, test } from 'vitest';
import { asError, BallastError, errorCode, isErrorCode } from '../../src/units/index.ts';

test('an error has its code, cause and data, and is not to be tried again unless it says so', () => {
  const cause = new Error('below');
  const error = new BallastError('FULL', 'it is full', { cause, data: { bytes: 5 } });
  expect(error).toMatchObject({ code: 'FULL', isRetryable: false, data: { bytes: 5 }, cause });
  expect(error.message).toBe('it is full');
  expect(new BallastError('BUSY', 'now', { isRetryable: true }).isRetryable).toBe(true);
  expect('cause' in new BallastError('BUSY', 'now')).toBe(false);
});

test('a code is read of what has one as text, whoever made it', () => {
  const ofSystem = Object.assign(new Error('no'), { code: 'ENOENT' });
  expect(errorCode(ofSystem)).toBe('ENOENT');
  expect(isErrorCode(ofSystem, 'EACCES', 'ENOENT')).toBe(true);
  expect(isErrorCode(new BallastError('BUSY', 'now'), 'ENOENT')).toBe(false);
  for (const other of [
    new Error('no'),
    Object.assign(new Error('no'), { code: 5 }),
    { code: 'ENOENT' },
    null,
  ]) {
    expect(errorCode(other)).toBeUndefined();
    expect(isErrorCode(other, 'ENOENT')).toBe(false);
  }
});

test('what was thrown is an error as it is, and else one that says it', () => {
  const error = new BallastError('BUSY', 'now');
  expect(asError(error)).toBe(error);
  expect(asError('a word')).toEqual(new Error('a word'));
  expect(asError(undefined)).toEqual(new Error('undefined'));
});
