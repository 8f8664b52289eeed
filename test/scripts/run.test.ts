import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../scripts/run.js';

const module = join(import.meta.dirname, '..', '..', 'scripts', 'run.js');
/** Writes its process id and that of a child of its own, and lives until it is ended. */
const family = '{ sleep 600 & echo $$ $! ready; wait; }';

test('a program that is not there is told from one that failed', async () => {
  expect(await run('no-such-program', [])).toMatchObject({ status: 127, isMissing: true });
  expect(await run('sh', ['-c', 'echo why >&2; exit 3'])).toEqual({
    status: 3,
    stdout: '',
    output: 'why\n',
    isMissing: false,
    isTimedOut: false,
  });
});

test('a program that takes too long is ended with all that it started', async () => {
  const ended = await run('sh', ['-c', family], { timeoutMs: 500 });

  expect(ended.isTimedOut).toBe(true);
  expect(ended.status).not.toBe(0);
  await expectGone(ended.stdout);
});

test('what runs is ended with all that it started before an interrupted set-up ends', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ballast-run-'));
  const told = join(folder, 'pids');
  const setUp = `
    import { run } from ${JSON.stringify(module)};
    await run('sh', ['-c', ${JSON.stringify(family)} + ' > ' + ${JSON.stringify(told)}])
      .catch((error) => console.log(error.message));
  `;
  const args = ['--input-type=module', '--eval', setUp];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const written = async (): Promise<string> => readFile(told, 'utf8').catch(() => '');
    await expect.poll(written, { timeout: 10_000 }).toContain('ready');

    child.kill('SIGTERM');

    expect(await allOutput(child)).toContain('interrupted by SIGTERM');
    await expectGone(await written());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function expectGone(written: string): Promise<void> {
  const pids = written.split(' ').slice(0, 2).map(Number);
  expect(pids).toHaveLength(2);
  // A machine's first process may take its time to bury the orphaned one.
  await expect.poll(() => pids.filter(isAlive), { timeout: 30_000 }).toEqual([]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function allOutput(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const bytes of child.stdout ?? []) text += String(bytes);
  return text;
}
