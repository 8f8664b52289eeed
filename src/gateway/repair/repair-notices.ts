import type { Uuid } from '../../units/index.ts';
import type { Notice } from '../notices/notices.ts';
import { circleText, type RepairReport } from './repair-report.ts';

const kind = 'content';

/** What lasts of trouble after a walk through all contents. */
export function repairNotices(
  report: RepairReport,
  { isDry, nameOf }: { readonly isDry: boolean; readonly nameOf: (uuid: Uuid) => string },
): readonly Notice[] {
  const notices: Notice[] = [];
  const { gets, drops, left, cycleCount, cycles } = report;
  if (isDry && report.hasMoved) {
    const text =
      'clusters do not keep what their expressions say: "ballast plan" tells what is to be moved, and ' +
      '"serve --repair on" moves it; moves';
    notices.push({ kind, subject: 'repair', text, figure: gets.contents + drops.contents });
  }
  if (left > 0) {
    const text =
      'contents could not be moved to where they are wanted, as nodes did not take or give them';
    notices.push({ kind, subject: 'repair left', text, figure: left });
  }
  if (cycleCount > 0) {
    const such = cycles.slice(0, 1).map((circle) => circleText(circle, nameOf));
    const text =
      'contents never settle, as what is wanted of them goes round in a circle, and are left where they are, ' +
      `such as ${such.join('')}`;
    notices.push({ kind, subject: 'repair cycles', text, figure: cycleCount });
  }
  for (const [uuid, { contents }] of report.full) {
    const text = `${nameOf(uuid)} wants more contents than fit below its maxsize`;
    notices.push({ kind, subject: `repair full ${uuid}`, text, figure: contents });
  }
  for (const [uuid, { contents }] of report.lost) {
    const text = `${nameOf(uuid)} wants contents that no node has, nor the gateway`;
    notices.push({ kind, subject: `repair lost ${uuid}`, text, figure: contents });
  }
  return notices;
}
