import { plain } from '../../units/index.ts';
import { byteText, percentText } from '../words/byte-text.ts';
import type { RecordedRepository, SimulationRecording } from '../recording.ts';
import { fullnessOf } from '../summary/summary.ts';
import { pictureWidth, type Picture } from './picture.ts';
import { escaped, label, num } from './xml.ts';

const nodeRadius = 19;
const rowHeight = 62;
const margin = 20;
const legendHeight = 46;
const nameLengthMax = 24;
/** How far to the sides the columns are, at the ends and by how much more in the middle. */
const [sideLeast, sideMore] = [105, 75];
const [flowLeast, flowMore] = [2, 9];

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Place extends Point {
  readonly isLeft: boolean;
}

/**
 * The repositories on both sides of an oval, a row each, so that labels have room whatever there is; in
 * between who is connected to whom, and what moved. Those that have more remotes than they are one of
 * stand on the left.
 */
export function networkPicture(recording: SimulationRecording): Picture {
  const { repositories } = recording;
  const places = placesOf(repositories);
  const rows = Math.ceil(repositories.length / 2);
  const height = margin * 2 + rows * rowHeight + legendHeight;
  const scale = tankScale(recording);
  const body = [
    arrowHead,
    ...linksOf(repositories, places),
    ...flowsOf(recording, places),
    ...repositories.map((repository, number) =>
      nodeOf(repository, number, places[number] ?? origin, scale),
    ),
    legend(height - legendHeight / 2),
  ];
  return {
    title: `Network of ${repositories.length} repositories`,
    width: pictureWidth,
    height,
    body: body.join('\n'),
  };
}

const origin: Place = { x: 0, y: 0, isLeft: true };

const arrowHead =
  '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" ' +
  'markerUnits="userSpaceOnUse" orient="auto-start-reverse">' +
  '<path class="arrow" d="M0 0.5 8 4 0 7.5z"/></marker></defs>';

/** What a tank is full at: the maxsize, or where there is none what the fullest without held. */
function tankScale({ repositories, moments }: SimulationRecording): (number: number) => number {
  let most = 0;
  for (const { heldBytes } of moments) {
    for (const [number, bytes] of heldBytes.entries()) {
      if (repositories[number]?.maxsizeBytes === undefined) most = Math.max(most, bytes);
    }
  }
  return (number) => Number(repositories[number]?.maxsizeBytes ?? most) || 1;
}

/** What the tank of each repository is full at, for a page that moves them. */
export function tankScales(recording: SimulationRecording): readonly number[] {
  const scale = tankScale(recording);
  return recording.repositories.map((_repository, number) => scale(number));
}

function placesOf(repositories: readonly RecordedRepository[]): readonly Place[] {
  const balance = repositories.map(({ remotes }) => remotes.length);
  for (const { remotes } of repositories) {
    for (const remote of remotes) balance[remote] = (balance[remote] ?? 0) - 1;
  }
  const order = repositories
    .map((_repository, number) => number)
    .sort((left, right) => (balance[right] ?? 0) - (balance[left] ?? 0) || left - right);
  const rows = Math.ceil(order.length / 2);
  const places: Place[] = [];
  for (const [index, number] of order.entries()) {
    const isLeft = index < rows;
    const count = isLeft ? rows : order.length - rows;
    const row = (isLeft ? index : index - rows) + (rows - count) / 2;
    const y = margin + (row + 0.5) * rowHeight;
    const height = rows === 1 ? 0 : (row + 0.5) / rows - 0.5;
    const side = sideLeast + sideMore * Math.sqrt(1 - 4 * height * height);
    places[number] = { x: pictureWidth / 2 + (isLeft ? -side : side), y, isLeft };
  }
  return places;
}

/** Connections: a line for both ways, an arrow for one. */
function linksOf(
  repositories: readonly RecordedRepository[],
  places: readonly Place[],
): readonly string[] {
  const has = (from: number, to: number): boolean =>
    repositories[from]?.remotes.includes(to) === true;
  return repositories.flatMap(({ remotes }, from) =>
    remotes.flatMap((to) => {
      const isMutual = has(to, from);
      const [start, end] = [places[from], places[to]];
      if (start === undefined || end === undefined || to === from) return [];
      if (isMutual && to < from) return [];
      const mark = isMutual ? '' : ' marker-end="url(#arrow)"';
      return `<path class="link" d="${curve(start, end, 0)}"${mark}/>`;
    }),
  );
}

/** What moved, each direction on a side of its own; the thicker the more. */
function flowsOf({ traffic }: SimulationRecording, places: readonly Place[]): readonly string[] {
  const most = traffic.reduce((max, { bytes }) => Math.max(max, Number(bytes)), 1);
  return traffic.flatMap(({ from, to, bytes, transfers }) => {
    const [start, end] = [places[from], places[to]];
    if (start === undefined || end === undefined || transfers === 0) return [];
    const width = flowLeast + flowMore * Math.sqrt(Number(bytes) / most);
    return `<path class="flow" id="flow-${from}-${to}" stroke-width="${num(width)}" d="${curve(start, end, 14)}"/>`;
  });
}

/** From the rim of one node to that of another, bent to the middle and by so much to its right. */
function curve(start: Point, end: Point, bend: number): string {
  const middle = pictureWidth / 2;
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const length = Math.hypot(dx, dy) || 1;
  // Between nodes of one side the line goes towards the middle, and the further the longer it is.
  const pull = Math.abs(dx) < sideMore * 1.2 ? Math.min(0.8, length / 220) : 0.05;
  const x = (start.x + end.x) / 2;
  const control = {
    x: x + (middle - x) * pull - (dy / length) * bend,
    y: (start.y + end.y) / 2 + (dx / length) * bend,
  };
  const [from, to] = [rim(start, control), rim(end, control)];
  return `M${num(from.x)} ${num(from.y)}Q${num(control.x)} ${num(control.y)} ${num(to.x)} ${num(to.y)}`;
}

function rim(node: Point, towards: Point): Point {
  const [dx, dy] = [towards.x - node.x, towards.y - node.y];
  const share = (nodeRadius + 3) / (Math.hypot(dx, dy) || 1);
  return { x: node.x + dx * share, y: node.y + dy * share };
}

function nodeOf(
  repository: RecordedRepository,
  number: number,
  { x, y, isLeft }: Place,
  scale: (number: number) => number,
): string {
  const { name, isSpecialRemote, heldBytes, maxsizeBytes } = repository;
  const share = Math.min(1, Number(heldBytes) / scale(number));
  const shape = (className: string): string => shapeAt({ x, y }, isSpecialRemote, className);
  const textX = num(isLeft ? x - nodeRadius - 11 : x + nodeRadius + 11);
  const anchor = isLeft ? 'end' : 'start';
  const isOver = (fullnessOf(repository) ?? 0) > 1;
  const kind = isOver ? 'over' : maxsizeBytes === undefined ? 'held' : 'tank';
  const top = y + nodeRadius - share * nodeRadius * 2;
  return [
    `<g id="node-${number}"><title>${escaped(titleOf(repository))}</title>`,
    `<clipPath id="clip-${number}">${shape('')}</clipPath>`,
    shape('back'),
    `<rect id="tank-${number}" class="${kind}" clip-path="url(#clip-${number})" x="${num(x - nodeRadius)}" `,
    `y="${num(top)}" width="${nodeRadius * 2}" height="${num(share * nodeRadius * 2)}"/>`,
    shape('frame'),
    `<text class="name" x="${textX}" y="${num(y - 2)}" text-anchor="${anchor}">`,
    `${label(name, nameLengthMax)}</text>`,
    `<text class="soft number" id="held-${number}" x="${textX}" y="${num(y + 14)}" `,
    `text-anchor="${anchor}">${escaped(heldText(Number(heldBytes), maxsizeBytes))}</text></g>`,
  ].join('');
}

/** What a repository holds, as it stands beside it. */
export function heldText(heldBytes: number, maxsizeBytes: bigint | undefined): string {
  if (maxsizeBytes === undefined) return byteText(heldBytes);
  const full = maxsizeBytes === 0n ? '' : ` · ${percentText(heldBytes / Number(maxsizeBytes))}`;
  return `${byteText(heldBytes)} of ${byteText(maxsizeBytes)}${full}`;
}

function shapeAt({ x, y }: Point, isSpecialRemote: boolean, className: string): string {
  const kind = className === '' ? '' : ` class="${className}"`;
  if (!isSpecialRemote) return `<circle${kind} cx="${num(x)}" cy="${num(y)}" r="${nodeRadius}"/>`;
  const side = nodeRadius * 2;
  const [left, top] = [num(x - nodeRadius), num(y - nodeRadius)];
  return `<rect${kind} x="${left}" y="${top}" width="${side}" height="${side}" rx="5"/>`;
}

function titleOf({ name, trust, groups, wanted, required }: RecordedRepository): string {
  const lines = [
    plain(name),
    trust === 'semitrusted' ? '' : trust,
    groups.length === 0 ? '' : `groups ${groups.join(' ')}`,
    wanted === undefined ? '' : `wanted ${wanted}`,
    required === undefined ? '' : `required ${required}`,
  ];
  return lines.filter((line) => line !== '').join(' · ');
}

function legend(y: number): string {
  const items: readonly (readonly [string, string])[] = [
    ['<rect class="tank" x="0" y="-6" width="12" height="12"/>', 'held, of maxsize'],
    ['<rect class="over" x="0" y="-6" width="12" height="12"/>', 'above maxsize'],
    ['<rect class="held" x="0" y="-6" width="12" height="12"/>', 'no maxsize'],
    ['<path class="flow" stroke-width="5" d="M0 0H16"/>', 'moved'],
    ['<path class="link key" d="M0 0H18"/>', 'connected'],
    ['<path class="link key" d="M0 0H18" marker-end="url(#arrow)"/>', 'one way'],
    ['<rect class="frame" x="1" y="-6" width="12" height="12" rx="3"/>', 'special remote'],
  ];
  let x = 8;
  return items
    .map(([mark, text]) => {
      const item = `<g transform="translate(${num(x)} ${num(y)})">${mark}<text class="soft" x="23" y="4">${text}</text></g>`;
      x += 40 + text.length * 6.1;
      return item;
    })
    .join('');
}
