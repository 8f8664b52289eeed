import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../dist/ballast.js', import.meta.url));

/** How a run of the built program ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** What it reads on standard input. */
  readonly input?: string | Uint8Array;
  /** Options of Node. */
  readonly node?: readonly string[];
}

/** Runs the built program to its end. */
export async function ballast(
  words: readonly string[],
  { input = '', node = [] }: RunOptions = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [...node, program, ...words]);
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  child.stdin.on('error', () => undefined); // it may end before it has read everything
  child.stdin.end(input);
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, stdout: await stdout, stderr: await stderr };
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
