import { describe, expect, it } from 'vitest';
import { collectLimit } from '../../src/cli/serving/limit-options.ts';
import { defaultLimits } from '../../src/gateway/index.ts';
import { defaultPeerLimits } from '../../src/nodes/index.ts';
import { ballast } from '../support/program.ts';

describe('a limit', () => {
  it.for([
    ['idle-body=30m', { idleBodyMs: 1_800_000 }],
    ['headers=1500ms', { headersMs: 1500 }],
    ['partial-lifetime=7d', { partialLifetimeMs: 604_800_000 }],
    ['upload-url=12h', { uploadUrlMs: 43_200_000 }],
    ['upload-window=4MiB', { uploadWindowBytes: 4_194_304 }],
    ['headers-max=65536B', { headersBytesMax: 65_536 }],
    ['connections-max=5000', { connectionsMax: 5000 }],
  ] as const)('%s is read with its unit', ([text, limits]) => {
    expect(collectLimit(text)).toEqual({ gateway: limits });
  });

  it.for([
    ['peer-answer=5s', { answerMs: 5000 }],
    ['peer-idle-connections-max=3', { idleConnectionsMax: 3 }],
  ] as const)('%s is one of connections to remote nodes', ([text, limits]) => {
    expect(collectLimit(text)).toEqual({ peer: limits });
  });

  it('adds to those that were set before it, and the last one counts', () => {
    const given = ['locks-max=7', 'peer-locks-max=9', 'headers=5s', 'locks-max=8'];
    expect(given.reduce((earlier, text) => collectLimit(text, earlier), {})).toEqual({
      gateway: { locksMax: 8, headersMs: 5000 },
      peer: { locksMax: 9 },
    });
  });

  it.for([
    ['nosuch=1', 'no limit "nosuch"'],
    ['', 'no limit ""'],
    ['idle-body', 'wants a time'],
    ['idle-body=', 'wants a time'],
    ['idle-body=30', 'wants a time'],
    ['idle-body=0s', 'wants a time'],
    ['idle-body=-5s', 'wants a time'],
    ['idle-body=25d', 'wants a time'],
    ['idle-body=1e3s', 'wants a time'],
    ['upload-url=13h', 'upload-url is at most 12h'],
    ['download-url=43201s', 'download-url is at most 12h'],
    ['upload-url=25d', 'upload-url is at most 12h'],
    ['idle-body=5m=6m', 'wants a time'],
    ['upload-window=4MB', 'wants a size'],
    ['upload-window=4m', 'wants a size'],
    ['connections-max=5s', 'wants a whole number'],
    ['connections-max=1.5', 'wants a whole number'],
    ['toString=1', 'no limit'],
  ])('%s is refused with the way out', ([text = '', reason = '']) => {
    expect(() => collectLimit(text)).toThrow(reason);
  });
});

describe('ballast serve', () => {
  it('lists every limit with its usual value and unit in its help', async () => {
    const { stdout, status } = await ballast(['serve', '--help']);

    expect(status).toBe(0);
    const listed = [...stdout.matchAll(/^ {2}([a-z-]+=\d+[A-Za-z]*) /gm)].map(([, text]) => text);
    const usual = listed.reduce((earlier, text) => collectLimit(text ?? '', earlier), {});
    expect(usual).toEqual({ gateway: defaultLimits, peer: defaultPeerLimits });
  });

  it('refuses a limit that it does not know, and says where they are listed', async () => {
    const { stderr, status } = await ballast(['serve', '--limit', 'nosuch=1']);

    expect(status).not.toBe(0);
    expect(stderr).toContain('There is no limit "nosuch"; --help lists all limits.');
  });
});
