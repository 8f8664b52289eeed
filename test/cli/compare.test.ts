import { describe, expect, test } from 'vitest';
import { ballast } from '../support/program.ts';

describe('ballast compare', () => {
  test.each([
    ['exclude=a', 'not include=a', 0, 'equal: '],
    ['copies=2 and include=a', 'copies=1', 1, 'A implies B: '],
    ['copies=1', 'copies=2', 1, 'B implies A: '],
    ['inbackend=WORM', 'inbackend=URL', 1, 'contradictory: '],
    ['include=*.flac', 'copies=1', 1, 'neither: '],
  ])('%s and %s end with the status of what was found', async (a, b, status, words) => {
    const ended = await ballast(['compare', a, b]);

    expect(ended).toMatchObject({ status, stderr: '' });
    expect(ended.stdout.startsWith(words)).toBe(true);
  });

  test('shows where each matches alone, and where both do', async () => {
    const { stdout } = await ballast(['compare', 'include=*.flac', 'copies=1']);

    expect(stdout.split('\n').slice(1)).toEqual([
      'A matches and B does not where',
      '  copies=1 is false',
      '  include=*.flac is true',
      'B matches and A does not where',
      '  include=*.flac is false',
      '  copies=1 is true',
      'both match where',
      '  include=*.flac is true',
      '  copies=1 is true',
      '',
    ]);
  });

  test('says so where only one ever matches', async () => {
    const { stdout } = await ballast(['compare', 'anything', 'nothing']);

    expect(stdout.split('\n')[1]).toBe('A matches and B does not everywhere');
  });

  test('gives up on more than can be tried', async () => {
    const many = Array.from({ length: 30 }, (_, index) => `include=${index}`);

    const ended = await ballast(['compare', many.join(' or '), many.join(' and ')]);

    expect(ended).toMatchObject({ status: 3, stderr: '' });
  });

  test('tells it as JSON, in a dialect', async () => {
    const words = ['compare', '--json', '--dialect', '10.20250416', 'copies=1', 'copies=2'];
    const { stdout } = await ballast(words);

    expect(JSON.parse(stdout)).toEqual({
      dialect: '10.20250416',
      a: 'copies=1',
      b: 'copies=2',
      relation: 'impliedBy',
      onlyFirst: [
        { says: 'copies=2', isTrue: false },
        { says: 'copies=1', isTrue: true },
      ],
      both: [
        { says: 'copies=1', isTrue: true },
        { says: 'copies=2', isTrue: true },
      ],
    });
  });

  test('tells which expression cannot be read, and what there could be', async () => {
    const ended = await ballast(['compare', 'present', 'presentt']);

    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^ballast: B cannot be read/);
    expect(ended.stderr).toContain('did you mean present?');
    expect((await ballast(['compare', 'present'])).stderr).toContain(
      "missing required argument 'B'",
    );
  });
});
