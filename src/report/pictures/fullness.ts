import { byteText } from '../words/byte-text.ts';
import type { RecordedMoment, SimulationRecording } from '../recording.ts';
import type { Spell } from '../spells.ts';
import { courseOf, type Course, type Tick } from './course.ts';
import { pictureWidth, type Picture } from './picture.ts';
import { escaped, label, num } from './xml.ts';

const columns = 3;
const panelHeight = 132;
const gap = 16;
const panelWidth = (pictureWidth - gap * (columns - 1)) / columns;
/** Room within a panel for its name, the ticks at its left and those below. */
const inset = { top: 26, left: 58, right: 6, bottom: 24 };
const nameLengthMax = 22;
const [legendWidth, legendHeight] = [260, 22];
/** About how wide a letter of a tick is. */
const letterWidth = 5.8;

interface PanelArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where curves are drawn in a panel, for a page that marks a moment on them. */
export const panelArea: PanelArea = {
  left: inset.left,
  right: panelWidth - inset.right,
  top: inset.top,
  bottom: panelHeight - inset.bottom,
};

/** What one panel shows over time. */
interface Series {
  readonly name: string;
  readonly valueAt: (moment: RecordedMoment) => number;
  readonly limit: number | undefined;
  readonly disk: number | undefined;
  readonly down: readonly Spell[];
  readonly text: (value: number) => string;
}

/**
 * What each repository held over time, a small panel each: names stand by their curves and colours carry
 * nothing. The last panel shows files below numcopies.
 */
export function fullnessPicture(recording: SimulationRecording): Picture {
  const panels = fullnessPanels(recording);
  const key = fullnessKey(recording);
  const rows = Math.ceil(panels.length / columns);
  const body = panels.map((panel, index) => {
    const x = (index % columns) * (panelWidth + gap);
    const y = Math.floor(index / columns) * (panelHeight + gap);
    return `<g transform="translate(${num(x)} ${num(y)})">${panel.body}</g>`;
  });
  const keyY = num(rows * (panelHeight + gap));
  if (key !== undefined) body.push(`<g transform="translate(0 ${keyY})">${key.body}</g>`);
  return {
    title: 'Bytes held by each repository over time, and files below numcopies',
    width: pictureWidth,
    height: rows * (panelHeight + gap) + (key?.height ?? 0),
    body: body.join('\n'),
  };
}

/** The panels, each a picture of its own. */
export function fullnessPanels(recording: SimulationRecording): readonly Picture[] {
  const course = courseOf(recording);
  return seriesOf(recording).map((series) => ({
    title: series.name,
    width: panelWidth,
    height: panelHeight,
    body: panelOf(series, recording.moments, course),
  }));
}

/** What shades and lines of panels mean; `undefined` where there are none but those with their names. */
export function fullnessKey(recording: SimulationRecording): Picture | undefined {
  const body = legend(seriesOf(recording));
  if (body === '') return undefined;
  return { title: 'What lines and shades mean', width: legendWidth, height: legendHeight, body };
}

function seriesOf({ repositories, numcopies }: SimulationRecording): readonly Series[] {
  return [
    ...repositories.map(
      ({ name, maxsizeBytes, diskBytes, downSpells }, number): Series => ({
        name,
        valueAt: ({ heldBytes }) => heldBytes[number] ?? 0,
        limit: maxsizeBytes === undefined ? undefined : Number(maxsizeBytes),
        disk: diskBytes === undefined ? undefined : Number(diskBytes),
        down: downSpells,
        text: byteText,
      }),
    ),
    {
      name: `files below ${numcopies} ${numcopies === 1 ? 'copy' : 'copies'}`,
      valueAt: ({ below }) => below,
      limit: undefined,
      disk: undefined,
      down: [],
      text: (value) => value.toLocaleString('en'),
    },
  ];
}

function panelOf(
  { name, valueAt, limit, disk, down, text }: Series,
  moments: readonly RecordedMoment[],
  course: Course,
): string {
  const area = panelArea;
  const { left, right, top, bottom } = area;
  const most = moments.reduce((max, moment) => Math.max(max, valueAt(moment)), 0);
  const above = Math.max(most, limit ?? 0, disk ?? 0) || 1;
  const yOf = (value: number): number => bottom - (value / above) * (bottom - top);
  const points = steps(
    moments.map((moment) => [xAt(course.shareOf(moment), area), yOf(valueAt(moment))]),
  );
  const line = (value: number, kind: string): string =>
    `<path class="${kind}" d="M${num(left)} ${num(yOf(value))}H${num(right)}"/>`;
  const tick = (value: number): string =>
    `<text class="soft number" x="${num(left - 6)}" y="${num(yOf(value) + 4)}" text-anchor="end">` +
    `${value === 0 ? '0' : text(value)}</text>`;
  return [
    `<g><title>${escaped(name)}</title>`,
    `<text class="name" x="${num(left - inset.left + 2)}" y="${num(top - 11)}">${label(name, nameLengthMax)}</text>`,
    ...down.map((spell) => shadeOf(spell, area, course)),
    `<path class="axis" d="M${num(left)} ${num(top)}V${num(bottom)}H${num(right)}"/>`,
    ...apart([above, 0, limit, disk], yOf).map(tick),
    `<path class="area" d="M${num(left)} ${num(bottom)}L${points}V${num(bottom)}z"/>`,
    `<path class="curve" d="M${points}"/>`,
    disk === undefined ? '' : line(disk, 'disk'),
    limit === undefined
      ? ''
      : line(limit, 'limit') +
        `<text class="soft" x="${num(right)}" y="${num(top - 11)}" text-anchor="end">– – maxsize</text>`,
    ...course.ticks.map((each) => tickBelow(each, area, course)),
    '</g>',
  ].join('');
}

function xAt(share: number, { left, right }: PanelArea): number {
  return left + share * (right - left);
}

/** Values whose ticks do not run into those before them. */
function apart(
  values: readonly (number | undefined)[],
  yOf: (value: number) => number,
): readonly number[] {
  const told: number[] = [];
  for (const value of values) {
    if (value === undefined) continue;
    if (told.every((each) => Math.abs(yOf(each) - yOf(value)) > 13)) told.push(value);
  }
  return told;
}

/** A time at which a repository was down; short ones can still be seen. */
function shadeOf({ fromMs, toMs }: Spell, area: PanelArea, { shareOfMs }: Course): string {
  const x = xAt(shareOfMs(fromMs), area);
  const width = Math.max(0.6, xAt(shareOfMs(toMs), area) - x);
  const height = area.bottom - area.top;
  return `<rect class="down" x="${num(x)}" y="${num(area.top)}" width="${num(width)}" height="${num(height)}"/>`;
}

function tickBelow({ share, text }: Tick, area: PanelArea, { isTimed }: Course): string {
  const x = xAt(share, area);
  const half = (text.length * letterWidth) / 2;
  const anchor = share === 0 ? 'start' : x + half > area.right ? 'end' : 'middle';
  const at = anchor === 'end' ? area.right : x;
  const y = area.bottom;
  const mark = isTimed ? `<path class="axis" d="M${num(x)} ${num(y)}v4"/>` : '';
  return (
    `${mark}<text class="soft number" x="${num(at)}" y="${num(y + 15)}"` +
    `${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}>${text}</text>`
  );
}

/** What shades and lines mean, where there are any. */
function legend(series: readonly Series[]): string {
  const items = [
    ...(series.some(({ disk }) => disk !== undefined)
      ? [['<path class="disk" d="M0 0H16"/>', 'what the disk has room for']]
      : []),
    ...(series.some(({ down }) => down.length > 0)
      ? [['<rect class="down" x="0" y="-6" width="16" height="12"/>', 'down']]
      : []),
  ];
  let x = 2;
  return items
    .map(([mark = '', text = '']) => {
      const item = `<g transform="translate(${num(x)} 6)">${mark}<text class="soft" x="23" y="4">${text}</text></g>`;
      x += 44 + text.length * 6.1;
      return item;
    })
    .join('');
}

/** A line through the points that goes aside before it goes up, as amounts do. */
function steps(points: readonly (readonly [number, number])[]): string {
  return points
    .map(([x, y], index) => (index === 0 ? `${num(x)} ${num(y)}` : `H${num(x)}V${num(y)}`))
    .join('');
}
