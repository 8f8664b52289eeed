import { describe, expect, test } from 'vitest';
import {
  formatSummary,
  htmlReport,
  summarize,
  summaryJson,
  svgReport,
  type SimulationRecording,
  type SimulationSummary,
} from '../../src/report/index.ts';
import { watch } from '../simulation/watched.ts';

/** A file of ten seconds, on a connection that takes a millisecond to ask something. */
const slow = `init a
init b
connect a -> b
wanted a anything
wanted b anything
speed a -> b 1kB/s
add x 10kB a
`;

function recorded(text: string): SimulationRecording {
  return watch(text).recording;
}

function summed(text: string): SimulationSummary {
  return summarize(recorded(text));
}

describe('what time brought', () => {
  // A second until the round begins to look, another for the transfer to begin, ten for its bytes.
  const latent = `${slow.replace('1kB/s', '1kB/s 1s')}numcopies 2\nwait 100s\n`;

  test('is told in milliseconds', () => {
    expect(summed(latent).time).toEqual({
      ms: 100_000,
      lastChangeMs: 12_000,
      belowMs: 12_000,
      brokenOff: { transfers: 0, goneOnBytes: 0n, againBytes: 0n, unfinishedBytes: 0n },
      turnedAway: { files: 0, bytes: 0n },
      repositories: [
        { name: 'a', downMs: 0, inBytes: 0n, outBytes: 10_000n },
        { name: 'b', downMs: 0, inBytes: 10_000n, outBytes: 0n },
      ],
      pairs: [
        { from: 'a', to: 'b', transfers: 1, bytes: 10_000n, busyMs: 11_000, busyShare: 0.11 },
      ],
    });
    expect(summed(latent).belowOverTime).toEqual([
      { action: 0, ms: 0, files: 1 },
      { action: 1, ms: 12_000, files: 0 },
    ]);
  });

  test('is told in lines where there is something to say, and in JSON', () => {
    expect(formatSummary(summed(latent)).split('\n')).toEqual([
      'settled: 1 transfer, 0 drops',
      'moved 10 kB, of which in vain 0 B (0 %)',
      'below numcopies 2: 0 files of 1 in the end, 1 at worst, any for 12s',
      'simulated 1m 40s, the last change after 12s',
      '  a  10 kB in 1 key                  out 10 kB',
      '  b  10 kB in 1 key        in 10 kB',
      '  a -> b  10 kB in 1 transfer  busy 11s (11 %)',
    ]);
    expect(JSON.parse(summaryJson(summed(latent)))).toMatchObject({
      lostFiles: 0,
      time: { ms: 100_000, repositories: [{ outBytes: '10000', diskBytes: null }, {}] },
    });
  });

  test('is nothing where no time passed', () => {
    const still = summed(`${slow}step 10\n`);

    expect(still.time).toBeUndefined();
    expect(JSON.parse(summaryJson(still)).time).toBeNull();
    expect(formatSummary(still)).not.toContain('simulated');
  });
});

describe('transfers that break off', () => {
  // From 1 ms on for 10,001 ms, the last one of which is for the end: 4,998 bytes by then.
  const broken = `${slow}wait 5s\ndown b\nwait 10s\n`;

  test('lie unfinished until they are gone on with', () => {
    const { time } = summed(broken);

    expect(time?.brokenOff).toMatchObject({ transfers: 1, unfinishedBytes: 4998n });
    expect(time?.pairs).toMatchObject([{ transfers: 0, busyMs: 4999 }]);
  });

  test('are gone on with from where they were, and the way is busy no longer for it', () => {
    const { time } = summed(`${broken}up b\nwait 85s\n`);

    expect(time?.brokenOff).toEqual({
      transfers: 1,
      goneOnBytes: 4998n,
      againBytes: 0n,
      unfinishedBytes: 0n,
    });
    // A connection asks for each try anew: 4,999 ms, and 5,003 for 5,002 bytes.
    expect(time?.pairs).toMatchObject([{ transfers: 1, bytes: 10_000n, busyMs: 10_002 }]);
    expect(time?.repositories[1]).toMatchObject({ downMs: 10_000 });
  });

  test('come again where the disk is lost that they were on, under way or not', () => {
    const underWay = summed(`${slow}wait 5s\nlose b\n`);
    const lying = summed(`${broken}lose b\n`);

    for (const { time } of [underWay, lying]) {
      expect(time?.brokenOff).toMatchObject({ transfers: 1, againBytes: 4998n });
      expect(time?.brokenOff).toMatchObject({ goneOnBytes: 0n, unfinishedBytes: 0n });
    }
  });
});

test.each([60, 400])('contents with a size of %i digits can break off', (digits) => {
  const huge = slow.replace('add x 10kB', `addkey x WORM-s${'9'.repeat(digits)}--k`);
  const { time } = summed(`${huge}wait 5s\ndown b\nwait 5s\nup b\nwait 5s\nlose b\nwait 1s\n`);

  expect(time?.brokenOff.transfers).toBeGreaterThan(0);
});

test('a way is busy until what is on it is there by another way', () => {
  const key = 'SHA256E-s10000--00';
  const text = slow.replace('add x 10kB a', `addkey x ${key} a`);
  const { time } = summed(`${text}wait 5s\naddkey y ${key} b\nwait 95s\n`);

  expect(time?.pairs).toMatchObject([{ transfers: 0, bytes: 0n, busyMs: 4999 }]);
});

describe('disks', () => {
  const coming = `init a\nwanted a anything\ndisk a 1kB\narrivals .x 600B 600B uniform steady 10s a\nwait 35s\n`;

  test('that are full turn files away', () => {
    const { time, files } = summed(coming);

    expect(files).toBe(1);
    expect(time).toMatchObject({ lastChangeMs: 10_000, turnedAway: { files: 2, bytes: 1200n } });
    expect(time?.repositories).toMatchObject([{ diskBytes: 1000n, fullestOfDisk: 0.6 }]);
  });

  test('were as full as they were once, of what there was room for then', () => {
    const later = `${coming}endarrivals .x\nlose a\ndisk a 2kB\nadd y 1kB a\nwait 1s\n`;

    expect(summed(later).time?.repositories).toMatchObject([
      { diskBytes: 2000n, fullestOfDisk: 0.6 },
    ]);
  });
});

describe('files below numcopies', () => {
  const two = `init a\ninit b\nwanted a anything\nwanted b anything\nnumcopies 2\nadd x 1B a\nadd y 1B a b\nwait 10s\n`;

  test('stop to be so when they are removed', () => {
    expect(summed(`${two}remove x\nwait 90s\n`)).toMatchObject({
      below: 0,
      belowMost: 1,
      time: { belowMs: 10_000 },
    });
  });

  test('go on to be so by another name', () => {
    expect(summed(`${two}rename x z\nrename y x\nwait 90s\n`)).toMatchObject({
      below: 1,
      belowMost: 1,
      time: { belowMs: 100_000 },
    });
  });

  test('count each name of a content', () => {
    const key = 'SHA256E-s1--00';

    expect(summed(`${two}addkey v ${key} a\naddkey w ${key} a\n`).below).toBe(3);
    expect(summed(`${two}addkey v ${key} a\naddkey w ${key} a b\n`).below).toBe(1);
  });

  test('are lost when no copy is left, which stands first', () => {
    const lost = summed(`${two}lose a\nwait 90s\n`);

    expect(lost).toMatchObject({ lostFiles: 1, below: 2 });
    expect(formatSummary(lost).split('\n')[0]).toBe(
      'lost: of 1 file of 2 no copy is left anywhere',
    );
    expect(summed(`${two}lose a\nremove x\n`).lostFiles).toBe(0);
    expect(summed(`${two}trustlevel a dead\n`)).toMatchObject({ lostFiles: 0, below: 2 });
  });

  test('are counted as they come', () => {
    const text = `init a\nnumcopies 2\narrivals .x 1B 1B uniform steady 10s a\nwait 35s\n`;

    expect(summed(text)).toMatchObject({ below: 3, belowMost: 3, time: { belowMs: 25_000 } });
  });

  test('are counted where a command failed half-way', () => {
    const text = `init a\ninit b\nnumcopies 2\ndisk b 1B\nadd x 5B a b\n`;

    expect(summed(text)).toMatchObject({ files: 1, below: 1 });
  });
});

test('what was lost with a disk and comes again is not moved in vain', () => {
  const { movedBytes, wastedBytes } = recorded(`${slow}wait 1m\nlose b\nwait 5m\n`);

  expect(movedBytes).toBe(20_000n);
  expect(wastedBytes).toBe(0n);
});

test('a content that is renamed is moved in vain by the name it has', () => {
  const text = `${slow}step 1\nrename x y\nwanted b nothing\naction a dropunwantedfrom b\n`;

  expect(recorded(text)).toMatchObject({ drops: 1, wastedBytes: 10_000n });
});

test('a transfer is explained by the world in which it began', () => {
  const text = `init a\ninit b\ninit c\nconnect b <- a -> c\nwanted a anything\nwanted b not copies=2
wanted c not copies=2\nspeed a -> b 1kB/s\nspeed a -> c 2kB/s\nadd x 10kB a\nwait 8s\n`;
  const both = recorded(`${text}wait 1m\n`);
  const sends = both.moments.filter(({ move }) => move?.kind === 'send');

  expect(sends.map(({ move }) => move?.why)).toEqual([
    expect.stringContaining('copies=2 is false: 1 of 2, a'),
    expect.stringContaining('copies=2 is false: 1 of 2, a'),
  ]);
  expect(sends.map(({ ms }) => ms)).toEqual([5002, 10_002]);
});

test('no reasons are asked for where none are wanted', () => {
  const { recording } = watch(`${slow}wait 1m\n`, { hasReasons: false });

  expect(recording.transfers).toBe(1);
  expect(recording.moments.map(({ move }) => move?.why ?? '').join('')).toBe('');
});

describe('the report of a timed run', () => {
  const text = `${slow}disk a 50kB\narrivals .dat 3kB 3kB uniform steady 20s a\nwait 5s\ndown b
wait 59s\nup b\nwait 56s\nlose a\n`;
  const recording = recorded(text);
  const page = htmlReport(recording, 'timed');

  test('goes through what happened, with its time', () => {
    expect(stepsOf(page).slice(0, 4)).toEqual([
      '0s · action 0 of 4: Before the first action.',
      '5s · action 0 of 4: b fails',
      '20s · action 0 of 4: 1.dat (3 kB) arrives at a',
      '40s · action 0 of 4: 2.dat (3 kB) arrives at a',
    ]);
    expect(stepsOf(page)).toContain('1m 4s · action 0 of 4: b returns');
    expect(stepsOf(page).at(-1)).toBe('2m · action 4 of 4: a loses its disk');
  });

  test('has an axis of time, shades what was down, and draws what fits on disks', () => {
    const svg = svgReport(recording, 'timed');

    for (const drawn of [page, svg]) {
      expect(drawn).toMatch(/>0<\/text>.*>30s<.*>1m<.*>1m 30s<.*>2m</);
      expect(drawn.match(/<rect class="down" x/g)).toHaveLength(2);
      expect(drawn.match(/<path class="disk" d/g)).toHaveLength(2);
      expect(drawn).not.toContain('actions<');
    }
    // From 5 s to 64 s of 120 s.
    const [, width] = /<rect class="down" x="[\d.]+" y="[\d.]+" width="([\d.]+)"/.exec(svg) ?? [];
    expect(Number(width)).toBeCloseTo((178.7 * 59) / 120, 0);
  });

  test('stays as it was where no time passed', () => {
    const still = htmlReport(recorded(`${slow}step 10\n`), 'still');

    expect(stepsOf(still)).toEqual([
      'Action 0 of 1: Before the first action.',
      'Action 1 of 1: a sent x (10 kB) to b',
    ]);
    expect(still).toContain('>1 action</text>');
    expect(still).not.toContain('busy');
  });
});

test('a thousand files that come make a report of bounded size', () => {
  const text = `init a\narrivals .x 1B 1B uniform steady 1s a\nwait 3000s\n`;
  const { recording } = watch(text, { momentsMax: 100 });

  expect(recording.happenings).toBe(3000);
  expect(recording.moments.length).toBeLessThanOrEqual(101);
  expect(recording.moments.at(-1)).toMatchObject({ ms: 3_000_000, heldBytes: [3000] });
  expect(htmlReport(recording, 'long')).toContain(
    `Of 3,000 actions and happenings one in ${recording.momentEvery} is shown over time`,
  );
});

test('a repository that fails very often has a bounded number of spells, and all of the time', () => {
  const spells = 'down a\nwait 1s\nup a\nwait 2s\n'.repeat(1500);
  const [repository] = recorded(`init a\n${spells}`).repositories;

  expect(repository?.downMs).toBe(1_500_000);
  expect(repository?.downSpells.length).toBeLessThanOrEqual(1001);
});

/** What the slider says at each step: when, and what was done. */
function stepsOf(page: string): readonly string[] {
  const json = /<script type="application\/json" id="data">(.*)<\/script>/.exec(page)?.[1] ?? '';
  const data: {
    readonly texts: readonly string[];
    readonly steps: readonly { readonly label: number; readonly did: number }[];
  } = JSON.parse(json);
  return data.steps.map(({ label, did }) => `${data.texts[label]}: ${data.texts[did]}`);
}
