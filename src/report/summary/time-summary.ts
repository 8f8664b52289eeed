import { plain } from '../../units/index.ts';
import { byteText, percentText } from '../words/byte-text.ts';
import { isTimed, type RecordedTime, type SimulationRecording } from '../recording.ts';
import { timeText } from '../words/time-text.ts';
import { aligned, counted } from '../words/words.ts';

/** What time brought a repository. */
export interface RepositoryTime {
  readonly name: string;
  readonly downMs: number;
  /** Contents that came to it and that went out from it, as wholes; what passes a gateway is neither. */
  readonly inBytes: bigint;
  readonly outBytes: bigint;
  readonly diskBytes: bigint | undefined;
  /** The most that it ever held, of what its disk had room for then. */
  readonly fullestOfDisk: number | undefined;
}

/** What passed from one repository to another. */
export interface PairTime {
  readonly from: string;
  readonly to: string;
  readonly transfers: number;
  readonly bytes: bigint;
  /** How long anything was under way, and what share of all the time that is. */
  readonly busyMs: number;
  readonly busyShare: number;
}

/** What simulated time brought; milliseconds. */
export interface TimeSummary extends Pick<RecordedTime, 'belowMs' | 'brokenOff' | 'turnedAway'> {
  readonly ms: number;
  /** How long it took until something was moved, dropped or added last. */
  readonly lastChangeMs: number;
  readonly repositories: readonly RepositoryTime[];
  readonly pairs: readonly PairTime[];
}

/** Sums up what time brought; `undefined` when none passed. */
export function summarizeTime(recording: SimulationRecording): TimeSummary | undefined {
  if (!isTimed(recording)) return undefined;
  const { time, repositories, traffic } = recording;
  const { startMs, endMs, lastChangeMs, belowMs, brokenOff, turnedAway } = time;
  const ms = endMs - startMs;
  const nameOf = (place: number): string => repositories[place]?.name ?? '';
  const sum = (those: readonly { readonly bytes: bigint }[]): bigint =>
    those.reduce((bytes, each) => bytes + each.bytes, 0n);
  return {
    ms,
    lastChangeMs: lastChangeMs - startMs,
    belowMs,
    brokenOff,
    turnedAway,
    repositories: repositories.map(({ name, downMs, diskBytes, fullestOfDisk }, place) => ({
      name,
      downMs,
      inBytes: sum(traffic.filter(({ to }) => to === place)),
      outBytes: sum(traffic.filter(({ from }) => from === place)),
      diskBytes,
      fullestOfDisk,
    })),
    pairs: traffic.map(({ from, to, transfers, bytes, busyMs }) => ({
      from: nameOf(from),
      to: nameOf(to),
      transfers,
      bytes,
      busyMs,
      busyShare: busyMs / ms,
    })),
  };
}

/** For JSON: numbers that there are not are null. */
export function timeJson(time: TimeSummary | undefined): object | null {
  if (time === undefined) return null;
  const repositories = time.repositories.map(({ diskBytes, fullestOfDisk, ...rest }) => ({
    ...rest,
    diskBytes: diskBytes ?? null,
    fullestOfDisk: fullestOfDisk ?? null,
  }));
  return { ...time, repositories };
}

/** For people: what time brought, where it brought anything. */
export function timeLines(time: TimeSummary): readonly string[] {
  const { ms, lastChangeMs, brokenOff, turnedAway } = time;
  const lines = [`simulated ${timeText(ms)}, the last change after ${timeText(lastChangeMs)}`];
  if (brokenOff.transfers > 0) lines.push(`broken off: ${brokenOffText(time)}`);
  if (turnedAway.files > 0) lines.push(`turned away: ${turnedAwayText(time)}`);
  return lines;
}

/** How many transfers broke off, and what became of their bytes. */
export function brokenOffText({ brokenOff }: Pick<TimeSummary, 'brokenOff'>): string {
  const { transfers, goneOnBytes, againBytes, unfinishedBytes } = brokenOff;
  const fates = [
    [goneOnBytes, 'gone on with'],
    [againBytes, 'lost and to come again'],
    [unfinishedBytes, 'left unfinished'],
  ] as const;
  const told = fates
    .filter(([bytes]) => bytes > 0n)
    .map(([bytes, fate]) => `${byteText(bytes)} ${fate}`);
  return [counted(transfers, 'transfer'), ...told].join(', ');
}

/** How many files had no place to go to. */
export function turnedAwayText({ turnedAway }: Pick<TimeSummary, 'turnedAway'>): string {
  const { files, bytes } = turnedAway;
  return `${counted(files, 'file')} of ${byteText(bytes)}, as no repository was up and had room`;
}

/** A share of the time, in percent; what is a little is not nothing. */
export function busyText(share: number): string {
  return share > 0 && share < 0.0005 ? '<0.1 %' : percentText(share);
}

/** What stands behind the row of a repository. */
export function timeCells({
  downMs,
  inBytes,
  outBytes,
  diskBytes,
  fullestOfDisk,
}: RepositoryTime): readonly string[] {
  return [
    inBytes === 0n ? '' : `in ${byteText(inBytes)}`,
    outBytes === 0n ? '' : `out ${byteText(outBytes)}`,
    diskBytes === undefined ? '' : `disk of ${byteText(diskBytes)}`,
    fullestOfDisk === undefined ? '' : `at most ${percentText(fullestOfDisk)} full`,
    downMs === 0 ? '' : `down ${timeText(downMs)}`,
  ];
}

/** How many pairs are told to people; programs get all. */
const pairsMax = 12;

/** For people: a line for each pair that time passed between, the busiest first. */
export function pairLines({ pairs }: TimeSummary): readonly string[] {
  const busy = pairs.filter(({ busyMs }) => busyMs > 0);
  const told = busy.toSorted((left, right) => right.busyMs - left.busyMs).slice(0, pairsMax);
  const rows = told.map(({ from, to, transfers, bytes, busyMs, busyShare }) => [
    `${plain(from)} -> ${plain(to)}`,
    `${byteText(bytes)} in ${counted(transfers, 'transfer')}`,
    `busy ${timeText(busyMs)} (${busyText(busyShare)})`,
  ]);
  const more = busy.length - told.length;
  return [...aligned(rows), ...(more > 0 ? [`  and ${counted(more, 'pair')} less busy`] : [])];
}
