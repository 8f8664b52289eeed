import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** What a server and the programs that it runs have used. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly peakMiB: number;
}

/** Clock ticks a second in /proc (proc_pid_stat(5)); 100 on every Linux of today. */
const ticksPerSecond = 100;

/** CPU seconds of a process and all that it has started, ended ones included. */
export function cpuSecondsOf(pid: number): number {
  const ticks = treeOf(pid).map((each) => {
    const fields = statOf(each);
    // utime, stime, and those of children that have been waited for.
    return [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field] ?? 0), 0);
  });
  return ticks.reduce((sum, each) => sum + each, 0) / ticksPerSecond;
}

/** The highest resident memory since {@link forgetPeak}, the programs that it runs included. */
export function peakMiBOf(pid: number): number {
  const peaks = treeOf(pid).map((each) => {
    const status = orGone(() => readFileSync(`/proc/${each}/status`, 'utf8'));
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
  });
  return peaks.reduce((sum, each) => sum + each, 0) / 1024;
}

/** The resident memory of one process now. */
export function residentKiBOf(pid: number): number {
  const status = orGone(() => readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
}

/** Begins a new peak (proc_pid_clear_refs(5)). */
export function forgetPeak(pid: number): void {
  for (const each of treeOf(pid)) {
    orGone(() => {
      writeFileSync(`/proc/${each}/clear_refs`, '5');
      return '';
    });
  }
}

/** A process and all that it has started, directly or not. */
export function treeOf(pid: number): number[] {
  // Any thread may have started a child.
  const threads = orGone(() => readdirSync(`/proc/${pid}/task`).join(' '));
  const children = numbersIn(threads).flatMap((thread) =>
    numbersIn(orGone(() => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8'))),
  );
  return [pid, ...children.flatMap(treeOf)];
}

function numbersIn(text: string): number[] {
  return text.split(' ').filter(Boolean).map(Number);
}

function statOf(pid: number): string[] {
  const text = orGone(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return text.replace(/^.*\) /, '').split(' ');
}

/** A process may end between being seen and being looked at. */
function orGone(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
