import { byteText, percentText } from '../byte-text.ts';
import type { SimulationRecording } from '../recording.ts';
import { counted, settledText, summarize } from '../summary.ts';

/** A run in two lines. */
export function headline(recording: SimulationRecording): readonly string[] {
  const summary = summarize(recording);
  const { transfers, drops, movedBytes, wastedBytes, files, repositories } = summary;
  const share = movedBytes === 0n ? 0 : Number(wastedBytes) / Number(movedBytes);
  const settled = settledText(summary);
  return [
    `${settled.charAt(0).toUpperCase()}${settled.slice(1)}. ` +
      `${counted(repositories.length, 'repository', 'repositories')}, ` +
      `${counted(files, 'file')}, ${counted(transfers, 'transfer')}, ${counted(drops, 'drop')}.`,
    `Moved ${byteText(movedBytes)}, of which in vain ${byteText(wastedBytes)} (${percentText(share)}). ` +
      `Below ${summary.numcopies} ${summary.numcopies === 1 ? 'copy' : 'copies'}: ` +
      `${counted(summary.below, 'file')} in the end, ${summary.belowMost.toLocaleString('en')} at worst.`,
  ];
}

/** That not every action is shown, where that is so. */
export function thinnedNote({ momentEvery, actions }: SimulationRecording): readonly string[] {
  if (momentEvery === 1) return [];
  return [
    `Of ${actions.toLocaleString('en')} actions one in ${momentEvery} is shown over time; sums are of all.`,
  ];
}
