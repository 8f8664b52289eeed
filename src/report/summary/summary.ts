import { exactJson } from '../../expression/index.ts';
import { plain } from '../../units/index.ts';
import { byteText, percentText, shareOf } from '../words/byte-text.ts';
import type { RecordedRepository, SimulationRecording } from '../recording.ts';
import {
  pairLines,
  summarizeTime,
  timeCells,
  timeJson,
  timeLines,
  type TimeSummary,
} from './time-summary.ts';
import { timeText } from '../words/time-text.ts';
import { aligned, counted } from '../words/words.ts';

/** How full a repository is beside the others of a group, all of which have a maxsize. */
export interface Imbalance {
  readonly group: string;
  /** Its fullness less the mean of the group: 0.1 when it is 50 % full and the others 40 % on average. */
  readonly share: number;
}

/** What a repository holds in the end. */
export interface RepositorySummary {
  readonly name: string;
  readonly heldBytes: bigint;
  readonly heldKeys: number;
  readonly maxsizeBytes: bigint | undefined;
  /** Held of maxsize, above 1 when there is too much; `undefined` without a maxsize, or with one of 0. */
  readonly fullness: number | undefined;
  readonly imbalance: readonly Imbalance[];
}

/** What a run came to. */
export interface SimulationSummary
  extends Pick<
    SimulationRecording,
    | 'isSettled'
    | 'hasFailed'
    | 'actions'
    | 'transfers'
    | 'drops'
    | 'movedBytes'
    | 'wastedBytes'
    | 'files'
    | 'lostFiles'
    | 'numcopies'
    | 'belowMost'
    | 'belowActions'
  > {
  /** Files below numcopies in the end. */
  readonly below: number;
  /** How many were below numcopies, from when that changed, as far as moments were kept. */
  readonly belowOverTime: readonly {
    readonly action: number;
    /** Simulated time, milliseconds. */
    readonly ms: number;
    readonly files: number;
  }[];
  readonly repositories: readonly RepositorySummary[];
  /** `undefined` when no time passed. */
  readonly time: TimeSummary | undefined;
}

/** Sums up a run. */
export function summarize(recording: SimulationRecording): SimulationSummary {
  const { repositories, moments } = recording;
  return {
    lostFiles: recording.lostFiles,
    isSettled: recording.isSettled,
    hasFailed: recording.hasFailed,
    actions: recording.actions,
    transfers: recording.transfers,
    drops: recording.drops,
    movedBytes: recording.movedBytes,
    wastedBytes: recording.wastedBytes,
    files: recording.files,
    numcopies: recording.numcopies,
    belowMost: recording.belowMost,
    belowActions: recording.belowActions,
    below: moments.at(-1)?.below ?? 0,
    belowOverTime: moments
      .filter(({ below }, index) => below !== moments[index - 1]?.below)
      .map(({ action, ms, below }) => ({ action, ms, files: below })),
    repositories: repositories.map((repository) => ({
      name: repository.name,
      heldBytes: repository.heldBytes,
      heldKeys: repository.heldKeys,
      maxsizeBytes: repository.maxsizeBytes,
      fullness: fullnessOf(repository),
      imbalance: imbalanceOf(repository, repositories),
    })),
    time: summarizeTime(recording),
  };
}

/** Held of maxsize. */
export function fullnessOf({ heldBytes, maxsizeBytes }: RecordedRepository): number | undefined {
  if (maxsizeBytes === undefined || maxsizeBytes === 0n) return undefined;
  return shareOf(heldBytes, maxsizeBytes);
}

function imbalanceOf(
  repository: RecordedRepository,
  all: readonly RecordedRepository[],
): readonly Imbalance[] {
  const own = fullnessOf(repository);
  if (own === undefined) return [];
  return repository.groups.flatMap((group) => {
    const members = all.filter(({ groups }) => groups.includes(group));
    const fullness = members.flatMap((member) => fullnessOf(member) ?? []);
    if (members.length < 2 || fullness.length < members.length) return [];
    const mean = fullness.reduce((sum, each) => sum + each, 0) / fullness.length;
    return { group, share: own - mean };
  });
}

/** A summary as one line of JSON; sizes in bytes are strings, shares are fractions of 1. */
export function summaryJson(summary: SimulationSummary): string {
  const { lostFiles, isSettled = null, repositories, time, ...rest } = summary;
  const each = repositories.map((repository) => ({
    name: repository.name,
    heldBytes: repository.heldBytes,
    heldKeys: repository.heldKeys,
    maxsizeBytes: repository.maxsizeBytes ?? null,
    fullness: repository.fullness ?? null,
    imbalance: repository.imbalance,
  }));
  return exactJson({ lostFiles, isSettled, ...rest, repositories: each, time: timeJson(time) });
}

/** A summary for people: a few lines, and one a repository. */
export function formatSummary(summary: SimulationSummary): string {
  const { transfers, drops, movedBytes, wastedBytes, numcopies, below, belowMost } = summary;
  const share = shareOf(wastedBytes, movedBytes);
  const { time } = summary;
  const rows = summary.repositories.map((repository, place) => {
    const timed = time?.repositories[place];
    return [...rowOf(repository), ...(timed === undefined ? [] : timeCells(timed))];
  });
  const belowMs = time?.belowMs ?? 0;
  const belowTime = belowMs === 0 ? '' : `, any for ${timeText(belowMs)}`;
  const { actions, belowActions } = summary;
  const belowAfter =
    belowActions === 0 ? '' : `, some after ${belowActions} of ${counted(actions, 'action')}`;
  return [
    ...(summary.lostFiles === 0 ? [] : [lostText(summary)]),
    `${settledText(summary)}: ${counted(transfers, 'transfer')}, ${counted(drops, 'drop')}`,
    `moved ${byteText(movedBytes)}, of which in vain ${byteText(wastedBytes)} (${percentText(share)})`,
    `below numcopies ${numcopies}: ${counted(below, 'file')} of ${summary.files} in the end, ` +
      `${belowMost} at worst${belowAfter}${belowTime}`,
    ...(time === undefined ? [] : timeLines(time)),
    ...aligned(rows),
    ...(time === undefined ? [] : pairLines(time)),
  ].join('\n');
}

/** A line that says how many files are lost. */
export function lostText({ lostFiles, files }: SimulationSummary): string {
  return `lost: of ${counted(lostFiles, 'file')} of ${files} no copy is left anywhere`;
}

/** Whether a run settled, in a word or two. */
export function settledText({
  isSettled,
  hasFailed,
}: Pick<SimulationSummary, 'isSettled' | 'hasFailed'>): string {
  const settled =
    isSettled === undefined
      ? 'no steps since the last change'
      : isSettled
        ? 'settled'
        : 'not settled';
  return hasFailed ? `failed, ${settled}` : settled;
}

function rowOf(repository: RepositorySummary): readonly string[] {
  const { name, heldBytes, heldKeys, maxsizeBytes, fullness } = repository;
  const held = `${byteText(heldBytes)} in ${counted(heldKeys, 'key')}`;
  const of = maxsizeBytes === undefined ? '' : `of ${byteText(maxsizeBytes)}`;
  const full = fullness === undefined ? '' : `${percentText(fullness)} full`;
  return [plain(name), held, of, full, imbalanceText(repository)];
}

/** How much fuller or emptier it is than its groups, in percentage points. */
export function imbalanceText({ imbalance }: RepositorySummary): string {
  return imbalance
    .map(({ group, share }) => {
      const points = Number((share * 100).toFixed(1));
      return `${points < 0 ? '\u2212' : '+'}${Math.abs(points)} points to ${plain(group)}`;
    })
    .join(', ');
}
