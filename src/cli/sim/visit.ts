import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulationRequest, SimulationWindow } from '../../simulation/index.ts';
import { stopSignals } from '../stop-signals.ts';
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
  const place = await mkdtemp(join(tmpdir(), 'ballast-visit-'));
  try {
    await writeSimulated(place, repository, world);
    const shell = process.env['SHELL'] ?? 'sh';
    const [program, args] = words.length === 0 ? [shell, []] : ['sh', ['-c', words.join(' ')]];
    const env = withoutGitPlaces(process.env);
    const output = isStdoutTaken ? 2 : 'inherit';
    const child = spawn(program, args, {
      cwd: place,
      env,
      stdio: ['inherit', output, 'inherit'],
    });
    // At a terminal a signal reaches the child too; the repository must go in any case.
    const wait = (): void => undefined;
    for (const signal of stopSignals) process.on(signal, wait);
    try {
      const [status, signal]: unknown[] = await once(child, 'close');
      return typeof status === 'number' ? status : 128 + signalNumber(signal);
    } finally {
      for (const signal of stopSignals) process.off(signal, wait);
    }
  } finally {
    // Whoever looks for a short while needs no directory that was made read-only.
    await rm(place, { recursive: true, force: true, maxRetries: 3 });
  }
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
