/**
 * What questions about a real annex of many keys take: lint, evaluate, explain and the import of a simulation.
 *
 *     node bench/real-annex.ts DIRECTORY [KEYS]
 *
 * The annex is made in DIRECTORY when nothing is there. Each verb runs in a process of its own, so that the most
 * memory that it had at once is known.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { makeLargeAnnex } from './real-annex/make-large-annex.ts';

const program = fileURLToPath(new URL('../src/ballast.ts', import.meta.url));

/** In which the system counts what a process has used. */
const ticksPerSecond = 100;

/** How often a process is looked at, milliseconds. */
const lookMs = 200;

/** The verbs, by what they are asked. */
function questions(directory: string): readonly (readonly string[])[] {
  return [
    ['lint', '--repo', directory],
    ['evaluate', '--repo', directory],
    ['explain', '--repo', directory, 'music/0/file-0.bin'],
    ['explain', '--repo', directory, '--json', 'music/0'],
    ['sim', 'import', '--seed', '1', '--sample', '1000', directory],
    ['sim', 'import', '--seed', '1', directory],
  ];
}

const [directory = '', keysText = '100000'] = process.argv.slice(2);
if (directory === '') throw new Error('name a directory for the annex');
if (!existsSync(directory)) {
  const began = performance.now();
  await makeLargeAnnex(directory, Number(keysText));
  console.log(`made in ${secondsSince(began)}`);
}
for (const words of questions(directory)) await measure(words);

async function measure(words: readonly string[]): Promise<void> {
  const began = performance.now();
  const child = spawn(process.execPath, [program, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let lines = 0;
  let most = { mebibytes: 0, cpuSeconds: 0 };
  const look = setInterval(() => {
    usedBy(child.pid).then(
      (used) => {
        if (used.mebibytes > 0) most = used;
      },
      () => undefined, // it has ended
    );
  }, lookMs);
  createInterface({ input: child.stdout }).on('line', () => (lines += 1));
  const [status] = await once(child, 'close');
  clearInterval(look);
  const { mebibytes, cpuSeconds } = most;
  const figures = `${secondsSince(began)}, of a processor ${cpuSeconds.toFixed(1)} s`;
  const answer = `${lines} lines, status ${status}`;
  console.log(`${words.join(' ')}: ${figures}, ${mebibytes.toFixed(0)} MiB at most, ${answer}`);
}

/** The most memory that a process has had at once, and what it has used of a processor, without the gits it started. */
async function usedBy(
  pid: number | undefined,
): Promise<{ readonly mebibytes: number; readonly cpuSeconds: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const times = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [, kibibytes = 0] = /^VmHWM:\s+(\d+) kB/m.exec(status) ?? [];
  const fields = times.slice(times.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { mebibytes: Number(kibibytes) / 1024, cpuSeconds: ticks / ticksPerSecond };
}

function secondsSince(beganMs: number): string {
  return `${((performance.now() - beganMs) / 1000).toFixed(1)} s`;
}
