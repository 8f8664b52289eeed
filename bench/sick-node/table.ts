import { places, verbs, type Cell, type Sample } from './traffic.ts';

/** What one build did in one state of node1. */
export interface Row {
  readonly state: string;
  readonly build: string;
  readonly cells: readonly Cell[];
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  readonly load: string;
}

export function head(): string {
  const columns = [
    'node1 is',
    'asked',
    'build',
    ...verbs,
    'answers not right',
    'CPU s',
    'peak MiB',
    'load',
  ];
  return `${line(columns)}\n${line(columns.map(() => '---'))}`;
}

/** A line for each place that was asked. */
export function lines(row: Row): string {
  return places
    .map((place) => {
      const cells = verbs.map((verb) => samplesOf(row, place, verb));
      return line([
        row.state,
        place,
        row.build,
        ...cells.map(times),
        verbs.flatMap((verb, index) => wrongs(verb, cells[index] ?? [])).join('; ') || 'none',
        row.cpuSeconds.toFixed(1),
        row.peakMiB.toFixed(0),
        row.load,
      ]);
    })
    .join('\n');
}

function samplesOf(row: Row, place: string, verb: string): readonly Sample[] {
  return row.cells.find((cell) => cell.place === place && cell.verb === verb)?.samples ?? [];
}

/** p50, p99 and the worst, of all requests, also of those that failed. */
function times(samples: readonly Sample[]): string {
  const sorted = samples.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return `${[at(0.5), at(0.99), at(1)].map(duration).join(' / ')} (${sorted.length})`;
}

function duration(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function wrongs(verb: string, samples: readonly Sample[]): string[] {
  const counts = new Map<string, number>();
  for (const { wrong } of samples) {
    if (wrong !== '') counts.set(wrong, (counts.get(wrong) ?? 0) + 1);
  }
  return [...counts].map(([wrong, count]) => `${count} ${verb} ${wrong}`);
}

export function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
