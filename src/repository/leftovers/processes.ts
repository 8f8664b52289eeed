import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';

/** The number of the namespace in which all processes of a machine are seen (Linux, proc_ns.h). */
const wholeMachine = 'pid:[4026531836]';

/** Ticks a second in which the start of a process is given, whatever the kernel's own. */
const ticksPerSecond = 100;

/** A process of this machine. */
export interface SeenProcess {
  readonly pid: number;
  /** Whose it is. */
  readonly uid: number;
  /** When it began, seconds since the machine started. */
  readonly startSeconds: number;
  /** The name of its program, cut off after 15 bytes. */
  readonly program: string;
  readonly words: readonly string[];
  /** What its descriptors lead to; `undefined` when that may not be looked at. */
  readonly opens: readonly string[] | undefined;
}

/**
 * Every process of the machine that can hold anything. `undefined` when it cannot be known that all
 * are seen: in a container, where processes are hidden, or where there is no /proc.
 */
export function allProcesses(): readonly SeenProcess[] | undefined {
  try {
    if (readlinkSync('/proc/self/ns/pid') !== wholeMachine) return undefined;
    // Mounted with hidepid, /proc shows a user his own processes only.
    statSync('/proc/1/stat');
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.flatMap((pid) => look(Number(pid)) ?? []);
  } catch {
    return undefined;
  }
}

/** `undefined` for one that has just ended, or is dead and only not yet waited for. */
function look(pid: number): SeenProcess | undefined {
  try {
    const { uid } = statSync(`/proc/${pid}`);
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The program's name may hold anything, parentheses too.
    const end = text.lastIndexOf(')');
    const program = text.slice(text.indexOf('(') + 1, end);
    const fields = text.slice(end + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const startSeconds = Number(fields[19]) / ticksPerSecond;
    const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').slice(0, -1);
    return { pid, uid, startSeconds, program, words, opens: opensOf(pid) };
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
}

function opensOf(pid: number): readonly string[] | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
      } catch (error) {
        if (hasCode(error, 'ENOENT', 'ESRCH')) return [];
        throw error;
      }
    });
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM')) return undefined;
    if (hasCode(error, 'ENOENT', 'ESRCH')) return [];
    throw error;
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && codes.includes(code);
}
