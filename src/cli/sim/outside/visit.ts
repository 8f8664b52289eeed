import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { GitError } from '../../../repository/index.ts';
import type { SimulationRequest, SimulationWindow } from '../../../simulation/index.ts';
import { UserError } from '../../errors.ts';
import { stopSignals } from '../../stopping.ts';
import { writeSimulated } from './simulated-repository.ts';

/**
 * Makes a git repository of what a simulated one believes, runs a command of the shell in it, or an
 * interactive shell, and removes it.
 * @returns the exit status.
 */
export async function visitRepository(
  { repository, words }: Extract<SimulationRequest, { kind: 'visit' }>,
  world: SimulationWindow,
  { isStdoutTaken }: { readonly isStdoutTaken: boolean },
): Promise<number> {
  const parent = tmpdir();
  const place = await mkdtemp(join(parent, 'ballast-visit-')).catch((cause: unknown) => {
    throw new UserError(
      `${parent} has no place for the repository to visit (${reasonOf(cause)}); ` +
        'set the variable TMPDIR to a directory that has.',
    );
  });
  try {
    await writeSimulated(place, repository, world).catch((cause: unknown) => {
      if (!(cause instanceof GitError)) throw cause;
      const [reason = ''] = cause.data.stderrTail.trim().split('\n', 1);
      throw new UserError(
        `the repository to visit could not be made in ${parent} (${reason}); ` +
          'if that is full, set the variable TMPDIR to another directory.',
      );
    });
    const shell = process.env['SHELL'] || 'sh';
    const [program, args] = words.length === 0 ? [shell, []] : ['sh', ['-c', words.join(' ')]];
    const env = withoutGitPlaces(process.env);
    const output = isStdoutTaken ? 2 : 'inherit';
    const child = spawn(program, args, {
      cwd: place,
      env,
      stdio: ['inherit', output, 'inherit'],
    });
    // The repository must go in any case. At a terminal Ctrl-C reaches the child too, which may go on
    // after it; other signals are handed on, and interactive shells end only by one of them.
    const handOn = (signal: NodeJS.Signals): void => {
      if (signal !== 'SIGINT') child.kill(words.length === 0 ? 'SIGHUP' : signal);
    };
    for (const signal of stopSignals) process.on(signal, handOn);
    try {
      const [status, signal]: unknown[] = await once(child, 'close').catch((cause: unknown) => {
        throw notRun(program, cause);
      });
      return typeof status === 'number' ? status : 128 + signalNumber(signal);
    } finally {
      for (const signal of stopSignals) process.off(signal, handOn);
    }
  } finally {
    // Whoever looks for a short while needs no directory that was made read-only.
    await rm(place, { recursive: true, force: true, maxRetries: 3 });
  }
}

function notRun(program: string, cause: unknown): UserError {
  return new UserError(
    `the shell ${program} cannot be run (${reasonOf(cause)}); set the variable SHELL to one that can.`,
  );
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}

/** Variables that would lead git away from the repository that is visited. */
function withoutGitPlaces(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const places = new Set(['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX']);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !places.has(name)));
}

function signalNumber(signal: unknown): number {
  const found = Object.entries(constants.signals).find(([name]) => name === signal);
  return found?.[1] ?? 0;
}
