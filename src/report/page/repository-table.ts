import { byteText, percentText } from '../words/byte-text.ts';
import { escaped } from '../pictures/xml.ts';
import type { SimulationRecording } from '../recording.ts';
import { imbalanceText, summarize, type RepositorySummary } from '../summary/summary.ts';
import type { RepositoryTime, TimeSummary } from '../summary/time-summary.ts';
import { timeText } from '../words/time-text.ts';

/** A column of a table, with a cell for each repository. */
interface Column {
  readonly head: string;
  readonly isText: boolean;
  readonly cells: readonly string[];
}

/** What became of each repository, a row each. */
export function repositoryTable(recording: SimulationRecording): string {
  const { repositories, time } = summarize(recording);
  const all = [
    ...repositoryColumns(repositories),
    ...(time === undefined ? [] : timeColumns(time)),
    ...settingColumns(repositories, recording),
  ];
  // With time there are many, and those without a word are in the way of others.
  const columns = time === undefined ? all : all.filter(({ cells }) => cells.some(isFilled));
  const head = columns.map(
    ({ head, isText }) => `<th scope="col"${isText ? ' class="text"' : ''}>${head}</th>`,
  );
  const rows = repositories.map(({ name }, place) => {
    const row = columns.map(
      ({ cells, isText }) =>
        `<td class="${isText ? 'text' : ''}">${escaped(cells[place] ?? '')}</td>`,
    );
    return `<tr><th scope="row">${escaped(name)}</th>${row.join('')}</tr>`;
  });
  return `<table><thead><tr><th scope="col" class="text">Repository</th>${head.join('')}</tr></thead>\n<tbody>${rows.join('\n')}</tbody></table>`;
}

function isFilled(cell: string): boolean {
  return cell !== '';
}

function repositoryColumns(repositories: readonly RepositorySummary[]): readonly Column[] {
  const column = (head: string, cell: (repository: RepositorySummary) => string): Column => {
    return { head, isText: false, cells: repositories.map(cell) };
  };
  return [
    column('Held', ({ heldBytes }) => byteText(heldBytes)),
    column('Keys', ({ heldKeys }) => heldKeys.toLocaleString('en')),
    column('Maxsize', ({ maxsizeBytes }) =>
      maxsizeBytes === undefined ? '' : byteText(maxsizeBytes),
    ),
    column('Full', ({ fullness }) => (fullness === undefined ? '' : percentText(fullness))),
  ];
}

function timeColumns({ repositories }: TimeSummary): readonly Column[] {
  const column = (head: string, cell: (repository: RepositoryTime) => string): Column => {
    return { head, isText: false, cells: repositories.map(cell) };
  };
  return [
    column('In', ({ inBytes }) => byteText(inBytes)),
    column('Out', ({ outBytes }) => byteText(outBytes)),
    column('Disk', ({ diskBytes }) => (diskBytes === undefined ? '' : byteText(diskBytes))),
    column('Fullest', ({ fullestOfDisk }) =>
      fullestOfDisk === undefined ? '' : percentText(fullestOfDisk),
    ),
    column('Down', ({ downMs }) => (downMs === 0 ? '' : timeText(downMs))),
  ];
}

function settingColumns(
  summaries: readonly RepositorySummary[],
  { repositories }: SimulationRecording,
): readonly Column[] {
  const groups = repositories.map(({ trust, groups: own }) =>
    [...(trust === 'semitrusted' ? [] : [trust]), ...own].join(', '),
  );
  const wanted = repositories.map(({ wanted: expression = '' }) => expression);
  return [
    { head: 'Imbalance', isText: true, cells: summaries.map(imbalanceText) },
    { head: 'Groups', isText: true, cells: groups },
    { head: 'Wanted', isText: true, cells: wanted },
  ];
}
