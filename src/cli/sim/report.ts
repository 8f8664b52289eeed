import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { htmlReport, svgReport, type SimulationRecording } from '../../simulation/index.ts';
import { UserError } from '../errors.ts';

/** What a report is drawn as, by the end of the file's name. */
const kinds: ReadonlyMap<string, typeof htmlReport> = new Map([
  ['.html', htmlReport],
  ['.htm', htmlReport],
  ['.svg', svgReport],
]);

/** Ends where a report cannot be drawn to a file of this name, before a long run was made for it. */
export function assertReportName(file: string): void {
  if (kinds.has(extname(file).toLowerCase())) return;
  throw new UserError(
    `${file} has no ending of a report; name it so that it ends in .html or .svg.`,
  );
}

/** Draws a run to a file: a page, or pictures alone. */
export async function writeReport(
  file: string,
  recording: SimulationRecording,
  title: string,
): Promise<void> {
  assertReportName(file);
  const draw = kinds.get(extname(file).toLowerCase()) ?? htmlReport;
  await writeFile(file, draw(recording, title));
}
