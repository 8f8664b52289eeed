import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  formatSummary,
  htmlReport,
  summarize,
  summaryJson,
  svgReport,
} from '../../src/report/index.ts';
import { watch } from '../simulation/watched.ts';

/** Two repositories, two files; what comes of it can be told by hand. */
const small = `seed 1
numcopies 2
init a
init b
connect a <-> b
group a pair
group b pair
wanted a anything
wanted b include=*.keep
maxsize a 1kB
maxsize b 1kB
add x.keep 300B a
add y 200B a
action a sendwanted b
`;

describe('the summary of a small run', () => {
  test('counts what moved, what is short of copies, and who is how full', () => {
    const summary = summarize(watch(small).recording);

    expect(summary).toMatchObject({
      isSettled: undefined,
      actions: 1,
      transfers: 1,
      drops: 0,
      movedBytes: 300n,
      wastedBytes: 0n,
      files: 2,
      below: 1,
      belowMost: 2,
      belowActions: 1,
      belowOverTime: [
        { action: 0, ms: 0, files: 2 },
        { action: 1, ms: 0, files: 1 },
      ],
    });
    expect(summary.repositories).toEqual([
      {
        name: 'a',
        heldBytes: 500n,
        heldKeys: 2,
        maxsizeBytes: 1000n,
        fullness: 0.5,
        imbalance: [{ group: 'pair', share: expect.closeTo(0.1) }],
      },
      {
        name: 'b',
        heldBytes: 300n,
        heldKeys: 1,
        maxsizeBytes: 1000n,
        fullness: 0.3,
        imbalance: [{ group: 'pair', share: expect.closeTo(-0.1) }],
      },
    ]);
  });

  test('says whether it settled, until something is changed by hand', () => {
    const settled = (text: string): boolean | undefined => watch(text).recording.isSettled;

    expect(settled(`${small}step 10\n`)).toBe(true);
    expect(settled(`${small}wanted b anything\nstep 1\nadd z 1B a\nadd w 1B a\nstep 1\n`)).toBe(
      false,
    );
    expect(settled(`${small}step 10\nadd z 1B a\n`)).toBeUndefined();
  });

  test('tells in lines and in JSON', () => {
    const summary = summarize(watch(small).recording);

    expect(formatSummary(summary).split('\n')).toEqual([
      'no steps since the last change: 1 transfer, 0 drops',
      'moved 300 B, of which in vain 0 B (0 %)',
      'below numcopies 2: 1 file of 2 in the end, 2 at worst, some after 1 of 1 action',
      '  a  500 B in 2 keys  of 1 kB  50 % full  +10 points to pair',
      '  b  300 B in 1 key   of 1 kB  30 % full  \u221210 points to pair',
    ]);
    expect(JSON.parse(summaryJson(summary))).toMatchObject({ isSettled: null, movedBytes: '300' });
  });
});

describe('what was moved in vain', () => {
  const dropAll = 'numcopies 1\nwanted b nothing\naction a dropunwantedfrom b\n';
  const sendAll = 'wanted b anything\naction a sendwanted b\n';
  const wasted = (text: string): bigint => watch(text).recording.wastedBytes;

  test('is what was dropped again without use', () => {
    expect(wasted(`${small}${dropAll}`)).toBe(300n);
  });

  test('counts once what was dropped and came back', () => {
    expect(wasted(`${small}${dropAll}${sendAll}`)).toBe(300n);
    expect(wasted(`${small}${dropAll}${sendAll}${dropAll}`)).toBe(800n);
  });

  test('is what came back to where it was given', () => {
    const back = 'numcopies 1\nwanted a nothing\naction a dropunwanted\nwanted a anything\n';

    expect(wasted(`${small}${back}action a getwanted b\n`)).toBe(300n);
  });

  test('is not what was passed on', () => {
    const relay = `init a\ninit b\ninit c\nconnect a -> b\nconnect b -> c\nwanted b anything
wanted c anything\nadd f 10B a\naction a sendwanted b\naction b sendwanted c\nwanted b nothing
action b dropunwanted\n`;

    expect(watch(relay).recording).toMatchObject({ drops: 1, movedBytes: 20n, wastedBytes: 0n });
  });
});

test('copies that nobody is trusted to keep do not count', () => {
  const text = `${small}wanted b anything\naction a sendwanted b\n`;

  expect(summarize(watch(text).recording).below).toBe(0);
  expect(summarize(watch(`${text}trustlevel b untrusted\n`).recording).below).toBe(2);
});

const bad = `</script><script>alert(1)</script>"'&<svg/onload=x>]]>`;
const hostile = `seed 1
init ${bad}a
init ${bad}b\u202e\u0007
connect ${bad}a <-> ${bad}b\u202e\u0007
group ${bad}a ${bad}
wanted ${bad}b\u202e\u0007 anything or include=*${bad.replace(/["()]/g, '')}*
add ${bad}\u0001\uffff 10B ${bad}a
action ${bad}a sendwanted ${bad}b\u202e\u0007
`;

describe('names that are meant to do harm', () => {
  const { recording } = watch(hostile);

  test('stay text in a page', () => {
    const page = htmlReport(recording, `${bad} title`);

    expect(recording.transfers).toBe(1);
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<\/script/g)).toHaveLength(2);
    expect(page).not.toMatch(/<svg\/onload|<script>alert/);
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e\uffff]/);
  });

  test('leave an SVG file well-formed', () => {
    const svg = svgReport(recording, bad);

    expect(malformedIn(svg)).toBeUndefined();
    expect(svg).not.toContain('<script');
  });

  test('stay text where time passes', () => {
    const waiting = `arrivals ${bad} 1B 9B uniform steady 1s ${bad}a\ndisk ${bad}a 90B\nwait 1m\n`;
    const { recording: timed } = watch(`${hostile}${waiting}down ${bad}a\n`);
    const page = htmlReport(timed, bad);

    expect(timed.happenings).toBeGreaterThan(50);
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page).not.toMatch(/<svg\/onload|<script>alert/);
    expect(malformedIn(svgReport(timed, bad))).toBeUndefined();
  });

  test('are noticed by the check itself', () => {
    expect(malformedIn('<a><b></a>')).toBeDefined();
    expect(malformedIn('<a x="<"/>')).toBeDefined();
    expect(malformedIn('<a>1 & 2</a>')).toBeDefined();
    expect(malformedIn('<a/><b/>')).toBeDefined();
  });
});

test('a page loads nothing, and runs only what its policy names', () => {
  const page = htmlReport(watch(small).recording, 'small');
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? '';
  const digest = (text: string | undefined): string =>
    `sha256-${createHash('sha256')
      .update(text ?? '')
      .digest('base64')}`;

  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`script-src '${digest(/<script>([^]*?)<\/script>/.exec(page)?.[1])}'`);
  expect(policy).toContain(`style-src '${digest(/<style>([^]*?)<\/style>/.exec(page)?.[1])}'`);
  expect(page).not.toMatch(/\s(?:src|href|style|on\w+)=/);
  expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/);
});

test('a long run makes a report of bounded size, and says what it leaves out', () => {
  const text = `init a\ninit b\nconnect a -> b\nwanted b anything\naddmulti 3000 .x 1B 9B a\nstep 9999\n`;
  const { recording } = watch(text, { momentsMax: 100 });

  expect(recording.actions).toBe(3000);
  expect(recording.moments.length).toBeLessThanOrEqual(101);
  expect(recording.moments.length).toBeGreaterThan(40);
  expect(recording.moments.at(-1)).toMatchObject({ action: 3000 });
  expect(htmlReport(recording, 'long')).toContain(
    `Of 3,000 actions one in ${recording.momentEvery} is shown over time`,
  );
});

/** Where a text is no well-formed XML, as far as reports go: elements, attributes, references. */
function malformedIn(xml: string): string | undefined {
  const open: string[] = [];
  let roots = 0;
  const body = xml.replace(/^<\?xml [^?]*\?>\n/, '');
  const token =
    /<\/(?<close>[a-zA-Z]+)>|<(?<open>[a-zA-Z]+)(?:\s+[\w:-]+="[^"<&]*(?:&#\d+;[^"<&]*)*")*\s*(?<empty>\/?)>|(?<text>[^<]+)/gy;
  let end = 0;
  for (const { 0: whole, index, groups } of body.matchAll(token)) {
    end = index + whole.length;
    if (groups?.['text'] !== undefined && /&(?!#\d+;|gt;)/.test(whole))
      return `a bare & at ${index}`;
    if (groups?.['close'] !== undefined && open.pop() !== groups['close'])
      return `${whole} at ${index}`;
    if (groups?.['open'] === undefined) continue;
    if (open.length === 0) roots += 1;
    if (groups['empty'] === '') open.push(groups['open']);
  }
  if (end < body.length) return `no markup at ${end}: ${body.slice(end, end + 40)}`;
  if (open.length > 0) return `${open.join(' ')} left open`;
  return roots === 1 ? undefined : `${roots} roots`;
}
