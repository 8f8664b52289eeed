import { byteText } from '../byte-text.ts';
import type { RecordedMoment, SimulationRecording } from '../recording.ts';
import { pictureWidth, type Picture } from './picture.ts';
import { escaped, label, num } from './xml.ts';

const columns = 3;
const panelHeight = 132;
const gap = 16;
/** Room within a panel for its name, the ticks at its left and those below. */
const inset = { top: 26, left: 58, right: 6, bottom: 24 };
const nameLengthMax = 22;

/** Where curves are drawn in a panel, for a page that marks a moment on them. */
export interface PanelArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** What one panel shows over time. */
interface Series {
  readonly name: string;
  readonly valueAt: (moment: RecordedMoment) => number;
  readonly limit: number | undefined;
  readonly text: (value: number) => string;
}

/**
 * What each repository held over time, a small panel each: names stand by their curves and colours carry
 * nothing. The last panel shows files below numcopies.
 */
export function fullnessPicture(recording: SimulationRecording): Picture {
  const { moments, actions } = recording;
  const series = seriesOf(recording);
  const panels = series.map((each, index) => panelOf(each, index, moments, Math.max(1, actions)));
  const rows = Math.ceil(series.length / columns);
  return {
    title: 'Bytes held by each repository over time, and files below numcopies',
    width: pictureWidth,
    height: rows * (panelHeight + gap),
    body: panels.join('\n'),
  };
}

/** The areas of all panels. */
export function panelAreas(recording: SimulationRecording): readonly PanelArea[] {
  return seriesOf(recording).map((_series, index) => areaOf(index));
}

function seriesOf({ repositories, numcopies }: SimulationRecording): readonly Series[] {
  return [
    ...repositories.map(
      ({ name, maxsizeBytes }, number): Series => ({
        name,
        valueAt: ({ heldBytes }) => heldBytes[number] ?? 0,
        limit: maxsizeBytes === undefined ? undefined : Number(maxsizeBytes),
        text: byteText,
      }),
    ),
    {
      name: `files below ${numcopies} ${numcopies === 1 ? 'copy' : 'copies'}`,
      valueAt: ({ below }) => below,
      limit: undefined,
      text: (value) => value.toLocaleString('en'),
    },
  ];
}

function areaOf(index: number): PanelArea {
  const width = (pictureWidth - gap * (columns - 1)) / columns;
  const x = (index % columns) * (width + gap);
  const y = Math.floor(index / columns) * (panelHeight + gap);
  return {
    left: x + inset.left,
    right: x + width - inset.right,
    top: y + inset.top,
    bottom: y + panelHeight - inset.bottom,
  };
}

function panelOf(
  { name, valueAt, limit, text }: Series,
  index: number,
  moments: readonly RecordedMoment[],
  actions: number,
): string {
  const area = areaOf(index);
  const { left, right, top, bottom } = area;
  const most = moments.reduce((max, moment) => Math.max(max, valueAt(moment)), 0);
  const above = Math.max(most, limit ?? 0) || 1;
  const yOf = (value: number): number => bottom - (value / above) * (bottom - top);
  const xOf = (action: number): number => left + (action / actions) * (right - left);
  const points = steps(moments.map((moment) => [xOf(moment.action), yOf(valueAt(moment))]));
  const limitY = yOf(limit ?? 0);
  const tick = (y: number, value: string): string =>
    `<text class="soft number" x="${num(left - 6)}" y="${num(y + 4)}" text-anchor="end">${value}</text>`;
  // The limit has a tick of its own where that does not run into the one at the top.
  const limitTick = limit !== undefined && limitY - top > 13 && bottom - limitY > 13;
  return [
    `<g><title>${escaped(name)}</title>`,
    `<text class="name" x="${num(left - inset.left + 2)}" y="${num(top - 11)}">${label(name, nameLengthMax)}</text>`,
    `<path class="axis" d="M${num(left)} ${num(top)}V${num(bottom)}H${num(right)}"/>`,
    tick(top, text(above)),
    tick(bottom, '0'),
    ...(limitTick ? [tick(limitY, text(limit))] : []),
    `<path class="area" d="M${num(left)} ${num(bottom)}L${points}V${num(bottom)}z"/>`,
    `<path class="curve" d="M${points}"/>`,
    limit === undefined
      ? ''
      : `<path class="limit" d="M${num(left)} ${num(limitY)}H${num(right)}"/>` +
        `<text class="soft" x="${num(right)}" y="${num(top - 11)}" text-anchor="end">– – maxsize</text>`,
    `<text class="soft number" x="${num(left)}" y="${num(bottom + 15)}">0</text>`,
    `<text class="soft number" x="${num(right)}" y="${num(bottom + 15)}" text-anchor="end">`,
    `${actions.toLocaleString('en')} action${actions === 1 ? '' : 's'}</text></g>`,
  ].join('');
}

/** A line through the points that goes aside before it goes up, as amounts do. */
function steps(points: readonly (readonly [number, number])[]): string {
  return points
    .map(([x, y], index) => (index === 0 ? `${num(x)} ${num(y)}` : `H${num(x)}V${num(y)}`))
    .join('');
}
