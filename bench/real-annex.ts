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
import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { makeLargeAnnex } from './real-annex/make-large-annex.ts';

const program = fileURLToPath(new URL('../src/ballast.ts', import.meta.url));

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
  let mostMiB = 0;
  const look = setInterval(() => {
    peakMiB(child.pid).then(
      (peak) => (mostMiB = Math.max(mostMiB, peak)),
      () => undefined, // it has ended
    );
  }, lookMs);
  createInterface({ input: child.stdout }).on('line', () => (lines += 1));
  const [status] = await once(child, 'close');
  clearInterval(look);
  const figures = `${secondsSince(began)}, ${mostMiB.toFixed(0)} MiB at most, ${lines} lines`;
  console.log(`${words.join(' ')}: ended with ${status}, ${figures}`);
}

/** The most memory that a process had at once until now, in MiB. */
async function peakMiB(pid: number | undefined): Promise<number> {
  for await (const line of createInterface({ input: createReadStream(`/proc/${pid}/status`) })) {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB/.exec(line) ?? [];
    if (kibibytes !== undefined) return Number(kibibytes) / 1024;
  }
  return 0;
}

function secondsSince(beganMs: number): string {
  return `${((performance.now() - beganMs) / 1000).toFixed(1)} s`;
}
