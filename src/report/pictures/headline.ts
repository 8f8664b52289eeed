import { byteText, percentText, shareOf } from '../words/byte-text.ts';
import type { SimulationRecording } from '../recording.ts';
import { brokenOffText, turnedAwayText, type TimeSummary } from '../summary/time-summary.ts';
import { timeText } from '../words/time-text.ts';
import { lostText, settledText, summarize } from '../summary/summary.ts';
import { counted } from '../words/words.ts';

/** A run in a few lines, the worst first. */
export function headline(recording: SimulationRecording): readonly string[] {
  const summary = summarize(recording);
  const { transfers, drops, movedBytes, wastedBytes, files, repositories } = summary;
  const share = shareOf(wastedBytes, movedBytes);
  const settled = settledText(summary);
  return [
    ...(summary.lostFiles === 0 ? [] : [`${capital(lostText(summary))}.`]),
    `${capital(settled)}. ` +
      `${counted(repositories.length, 'repository', 'repositories')}, ` +
      `${counted(files, 'file')}, ${counted(transfers, 'transfer')}, ${counted(drops, 'drop')}.`,
    `Moved ${byteText(movedBytes)}, of which in vain ${byteText(wastedBytes)} (${percentText(share)}). ` +
      `Below ${summary.numcopies} ${summary.numcopies === 1 ? 'copy' : 'copies'}: ` +
      `${counted(summary.below, 'file')} in the end, ${summary.belowMost.toLocaleString('en')} at worst.`,
    ...(summary.time === undefined ? [] : timeLines(summary.time)),
  ];
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** What time brought, where any passed. */
function timeLines(time: TimeSummary): readonly string[] {
  const { ms, lastChangeMs, belowMs, brokenOff, turnedAway } = time;
  const below = belowMs === 0 ? '' : ` Some file was below for ${timeText(belowMs)}.`;
  const lines = [
    `Simulated ${timeText(ms)}, the last change after ${timeText(lastChangeMs)}.${below}`,
  ];
  if (brokenOff.transfers > 0) lines.push(`Broken off: ${brokenOffText(time)}.`);
  if (turnedAway.files > 0) lines.push(`Turned away: ${turnedAwayText(time)}.`);
  return lines;
}

/** A line that says that not every action is shown; none where each is. */
export function thinnedNote(recording: SimulationRecording): readonly string[] {
  const { momentEvery, actions, happenings } = recording;
  if (momentEvery === 1) return [];
  const turns = (actions + happenings).toLocaleString('en');
  return [
    `Of ${turns} ${happenings === 0 ? 'actions' : 'actions and happenings'} one in ${momentEvery} is shown over time; sums are of all.`,
  ];
}
