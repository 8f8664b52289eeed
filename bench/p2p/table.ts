import type { Measurement } from './measure.ts';
import type { Part, Results } from './parts.ts';

/** Prints what all servers did in one part, how ballast compares, and whether that is enough. */
export function printTable(part: Part, { measured, requestBytes }: Results): void {
  const speed = ({ requests, seconds }: Measurement): number =>
    requestBytes === undefined
      ? requests / seconds
      : (requests * requestBytes) / seconds / mebibyte;
  const unit = requestBytes === undefined ? '/s' : 'MiB/s';
  console.log(`\n${part.title}`);
  console.log(
    line([
      '',
      unit,
      'p50 ms',
      'p99 ms',
      'CPU s',
      `CPU ms/${each(requestBytes)}`,
      'peak MiB',
      'client CPU s',
    ]),
  );
  for (const [name, one] of measured) {
    const moved =
      requestBytes === undefined ? one.requests : (one.requests * requestBytes) / mebibyte;
    console.log(
      line([
        name,
        speed(one).toFixed(0),
        one.p50Ms.toFixed(2),
        one.p99Ms.toFixed(2),
        one.cpuSeconds.toFixed(2),
        ((one.cpuSeconds * 1000) / moved).toFixed(3),
        one.peakMiB.toFixed(0),
        one.clientCpuSeconds.toFixed(2),
      ]),
    );
  }
  const ours = measured.get('ballast');
  if (ours === undefined) return;
  for (const [name, theirs] of measured) {
    if (name === 'ballast') continue;
    const ratio = speed(ours) / speed(theirs);
    const target = Object.entries(part.targets).find(([than]) => than === name)?.[1];
    const cpu =
      name === 'dd' ? '' : `, CPU ${(cpuOfOne(ours) / cpuOfOne(theirs)).toFixed(2)} times`;
    console.log(
      `  ballast / ${name}: ${ratio.toFixed(2)} times the speed${cpu}${verdict(ratio, target)}`,
    );
  }
  if (part.p99MsMax !== undefined) {
    const isMet = ours.p99Ms <= part.p99MsMax;
    console.log(
      `  p99 ${ours.p99Ms.toFixed(2)} ms; ${part.p99MsMax} wanted: ${metOrMissed(isMet)}`,
    );
  }
}

const mebibyte = 1024 * 1024;

function each(requestBytes: number | undefined): string {
  return requestBytes === undefined ? 'request' : 'MiB';
}

function cpuOfOne({ cpuSeconds, requests }: Measurement): number {
  return cpuSeconds / requests;
}

function verdict(ratio: number, target: number | undefined): string {
  return target === undefined ? '' : `; ${target} wanted: ${metOrMissed(ratio >= target)}`;
}

function metOrMissed(isMet: boolean): string {
  return isMet ? 'met' : 'MISSED';
}

function line(cells: readonly string[]): string {
  return cells
    .map((cell, index) => (index === 0 ? `  ${cell.padEnd(8)}` : cell.padStart(15)))
    .join('');
}
