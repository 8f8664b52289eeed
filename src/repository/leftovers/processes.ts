import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { uptime } from 'node:os';
import { errorCode } from '../../units/index.ts';

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
  /** What it was called with; of a git only. */
  readonly words: readonly string[];
  /** What its descriptors lead to; `undefined` when that may not be looked at. */
  readonly opens: readonly string[] | undefined;
}

/** The processes of a machine, and since when there can be any. */
export interface Processes {
  /**
   * Every process that can hold anything; `undefined` when it cannot be known that all are seen.
   */
  all(): Promise<readonly SeenProcess[] | undefined>;
  /** How long the machine has run: the clock by which the start of its processes is told. */
  uptimeSeconds(): number;
}

/** The processes of this machine. */
export const machineProcesses: Processes = { all: allProcesses, uptimeSeconds: uptime };

/**
 * Every process of the machine that can hold anything. `undefined` when it cannot be known that all
 * are seen: in a container, where processes are hidden, or where there is no /proc.
 */
async function allProcesses(): Promise<readonly SeenProcess[] | undefined> {
  try {
    if ((await readlink('/proc/self/ns/pid')) !== wholeMachine) return undefined;
    // Mounted with hidepid, /proc shows a user his own processes only.
    await stat('/proc/1/stat');
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const seen: SeenProcess[] = [];
    // One after the other, which takes one thread of the few.
    for (const pid of pids) {
      const process = await look(Number(pid));
      if (process !== undefined) seen.push(process);
    }
    return seen;
  } catch {
    return undefined;
  }
}

/** `undefined` for one that has just ended, or is dead and only not yet waited for. */
async function look(pid: number): Promise<SeenProcess | undefined> {
  try {
    const { uid } = await stat(`/proc/${pid}`);
    const text = await readFile(`/proc/${pid}/stat`, 'latin1');
    // The program's name may hold anything, parentheses too.
    const end = text.lastIndexOf(')');
    const program = text.slice(text.indexOf('(') + 1, end);
    const fields = text.slice(end + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const startSeconds = Number(fields[19]) / ticksPerSecond;
    // It is read from the memory of the process, and one that hangs may keep who asks waiting.
    const line = program === 'git' ? await readFile(`/proc/${pid}/cmdline`, 'latin1') : '';
    const words = line.split('\0').slice(0, -1);
    return { pid, uid, startSeconds, program, words, opens: await opensOf(pid) };
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
}

async function opensOf(pid: number): Promise<readonly string[] | undefined> {
  try {
    const opens: string[] = [];
    for (const fd of await readdir(`/proc/${pid}/fd`)) {
      const path = await openedAs(`/proc/${pid}/fd/${fd}`);
      if (path !== undefined) opens.push(path);
    }
    return opens;
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM')) return undefined;
    if (hasCode(error, 'ENOENT', 'ESRCH')) return [];
    throw error;
  }
}

async function openedAs(fd: string): Promise<string | undefined> {
  try {
    return await readlink(fd);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const code = errorCode(error);
  return typeof code === 'string' && codes.includes(code);
}
