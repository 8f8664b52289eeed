import { byteText } from '../words/byte-text.ts';
import { isTimed, type RecordedTraffic, type SimulationRecording } from '../recording.ts';
import { busyText } from '../summary/time-summary.ts';
import { counted } from '../words/words.ts';
import { pictureWidth, type Picture } from './picture.ts';
import { escaped, label, num } from './xml.ts';

const rowNameWidth = 150;
const nameLengthMax = 18;
/** Names of columns go up aslant, and so far to the right of the last column. */
const slantDegrees = -38;
const slantWidth = 84;
const letterWidth = 7.2;
const [cellWidthMin, cellWidthMax] = [62, 96];
/** Lines of text in a cell, and how high that makes it. */
const [lineHeight, cellPad] = [15, 8];
/** Shade of the cell with the most bytes, which text must stay legible on. */
const shadeMax = 0.42;

/** Who moved how much to whom: rows give, columns take; those that did neither are left out. */
export function matrixPicture(recording: SimulationRecording): Picture {
  const { repositories, traffic, time } = recording;
  const spanMs = isTimed(recording) ? time.endMs - time.startMs : undefined;
  const cellHeight = cellPad + lineHeight * (spanMs === undefined ? 2 : 3);
  const rows = [...new Set(traffic.map(({ from }) => from))].sort(ascending);
  const columns = [...new Set(traffic.map(({ to }) => to))].sort(ascending);
  const room = pictureWidth - rowNameWidth - slantWidth;
  const fit = Math.floor(room / Math.max(1, columns.length));
  const cellWidth = Math.min(cellWidthMax, Math.max(cellWidthMin, fit));
  const nameOf = (number: number): string => repositories[number]?.name ?? '';
  const top = slantHeight(columns.map(nameOf)) + 8;
  const most = traffic.reduce((max, { bytes }) => Math.max(max, Number(bytes)), 1);
  const body = [
    ...columns.map((number, column) => {
      const x = rowNameWidth + (column + 0.5) * cellWidth;
      return (
        `<text transform="translate(${num(x)} ${top - 8}) rotate(${slantDegrees})">` +
        `${label(nameOf(number), nameLengthMax)}</text>`
      );
    }),
    ...rows.map((number, row) => {
      const y = top + (row + 0.5) * cellHeight + 4;
      return `<text x="${rowNameWidth - 10}" y="${num(y)}" text-anchor="end">${label(nameOf(number), nameLengthMax)}</text>`;
    }),
    ...rows.flatMap((_from, row) =>
      columns.map((_to, column) => {
        const [x, y] = [rowNameWidth + column * cellWidth, top + row * cellHeight];
        return `<rect class="cells" x="${num(x)}" y="${num(y)}" width="${cellWidth}" height="${cellHeight}"/>`;
      }),
    ),
    ...traffic.map((cell) => {
      const x = rowNameWidth + columns.indexOf(cell.to) * cellWidth;
      const y = top + rows.indexOf(cell.from) * cellHeight;
      const shade = shadeMax * Math.sqrt(Number(cell.bytes) / most);
      const busy = spanMs === undefined ? undefined : busyText(cell.busyMs / spanMs);
      const title = `${nameOf(cell.from)} to ${nameOf(cell.to)}: ${cellTitle(cell, busy)}`;
      return cellOf({ cell, x, y, cellWidth, cellHeight, shade, title, busy });
    }),
    `<text class="soft" x="${rowNameWidth - 10}" y="${top - 8}" text-anchor="end">from ↓   to →</text>`,
  ];
  const empty = `<text class="soft" x="0" y="20">Nothing was moved between repositories.</text>`;
  if (traffic.length === 0) {
    return { title: 'Nothing was moved', width: pictureWidth, height: 34, body: empty };
  }
  return {
    title: 'Transfers between repositories, from each row to each column',
    width: Math.max(pictureWidth, rowNameWidth + columns.length * cellWidth + slantWidth),
    height: top + rows.length * cellHeight + 4,
    body: body.join('\n'),
  };
}

/** How high the names of columns reach. */
function slantHeight(names: readonly string[]): number {
  const longest = Math.max(0, ...names.map((name) => Math.min(nameLengthMax, name.length)));
  return Math.ceil(longest * letterWidth * Math.sin((-slantDegrees * Math.PI) / 180)) + 14;
}

function ascending(left: number, right: number): number {
  return left - right;
}

function cellTitle({ transfers, bytes }: RecordedTraffic, busy: string | undefined): string {
  const share = busy === undefined ? '' : `, under way ${busy} of the time`;
  return `${counted(transfers, 'transfer')}, ${byteText(bytes)}${share}`;
}

interface Cell {
  readonly cell: RecordedTraffic;
  readonly x: number;
  readonly y: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly shade: number;
  readonly title: string;
  /** The share of time in which something was under way, in words. */
  readonly busy: string | undefined;
}

function cellOf({ cell, x, y, cellWidth, cellHeight, shade, title, busy }: Cell): string {
  const centre = num(x + cellWidth / 2);
  return [
    `<g><title>${escaped(title)}</title>`,
    `<rect class="cell" fill-opacity="${shade.toFixed(3)}" x="${num(x)}" y="${num(y)}" `,
    `width="${cellWidth}" height="${cellHeight}"/>`,
    `<text class="number" x="${centre}" y="${num(y + 16)}" text-anchor="middle">${byteText(cell.bytes)}</text>`,
    `<text class="soft number" x="${centre}" y="${num(y + 31)}" text-anchor="middle">`,
    `${cell.transfers.toLocaleString('en')} ×</text>`,
    ...(busy === undefined
      ? []
      : [
          `<text class="soft number" x="${centre}" y="${num(y + 46)}" text-anchor="middle">`,
          `${escaped(busy)} busy</text>`,
        ]),
    '</g>',
  ].join('');
}
