import { assert, describe, expect, it } from 'vitest';
import { problemOf, refused } from '../../src/gateway/problems.ts';
import { parseKey } from '../../src/key/index.ts';
import { NodeUnavailableError } from '../../src/nodes/index.ts';
import { BallastError } from '../../src/units/index.ts';
import { UnverifiableKeyError } from '../../src/key/index.ts';
import { NodeSuspectedError } from '../../src/gateway/nodes/watch/node-watch.ts';
import { gaveWay } from '../../src/gateway/uploads/client-body.ts';

const hidden = 'the gateway could not do this; its log tells why';

describe('what a peer is told of an error', () => {
  it.each([
    ['NODE_UNAVAILABLE', 502],
    ['NODE_SUSPECTED', 502],
    ['NOT_CONFIGURED', 502],
    ['SHELF_FULL', 503],
    ['PLACEMENT_BUSY', 503],
    ['TURN_TIMEOUT', 503],
    ['REFUSED_SETTING', 503],
    ['UNVERIFIABLE_KEY', 501],
    ['UNWANTED', 507],
    ['EXPRESSION_REFUSED', 500],
  ])('%s is a %i with its message', (code, status) => {
    const problem = { kind: 'problem', status, text: 'what it says' };
    expect(problemOf(new BallastError(code, 'what it says'))).toEqual(problem);
  });

  it('is by the code that classes and makers give', () => {
    const key = parseKey('BLAKE9-s1--x');
    assert(key !== undefined);
    expect(problemOf(new UnverifiableKeyError(key))).toMatchObject({ status: 501 });
    expect(problemOf(new NodeUnavailableError('n', 'away'))).toMatchObject({ status: 502 });
    expect(problemOf(new NodeSuspectedError('n', 0))).toMatchObject({ status: 502 });
    expect(problemOf(gaveWay())).toMatchObject({ status: 500, text: hidden });
  });

  it('is nothing but that the log has it, of all others, whatever they are', () => {
    const system = Object.assign(new Error('/home/me: no space'), { code: 'ENOSPC' });
    for (const error of [system, new Error('secret'), 'text', undefined]) {
      expect(problemOf(error)).toEqual({ kind: 'problem', status: 500, text: hidden });
    }
  });
});

it('tells who is refused no more than the reference server does', () => {
  expect(refused('UNAUTHORIZED')).toEqual({ kind: 'problem', status: 401, text: '' });
  expect(refused('FORBIDDEN')).toEqual({ kind: 'problem', status: 403, text: '' });
  expect(refused('LOGINS_FAILED').status).toBe(429);
});
