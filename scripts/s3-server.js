import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installMsMax, updateMsMax } from './apt.js';
import { run } from './run.js';

const script = join(dirname(dirname(fileURLToPath(import.meta.url))), 'test', 's3', 'start-s3.sh');

/**
 * Gets the packages of the S3 server that tests speak to, into a directory of the user's (70 MB, once); nothing
 * is installed, and nobody has to be root.
 * @returns {Promise<string | undefined>} why there is none, or undefined when there is.
 */
export async function ensureS3Server() {
  const ended = await run('bash', [script, 'fetch'], { timeoutMs: updateMsMax + installMsMax });
  if (ended.status === 0) return undefined;
  if (ended.isTimedOut) return 'there is no S3 server, and to get it took too long';
  const lines = ended.output.split('\n').filter((line) => line.trim() !== '');
  const why = lines.findLast((line) => line.startsWith('start-s3: ') || line.startsWith('E: '));
  return `there is no S3 server: ${why?.replace(/^start-s3: /, '') ?? lines.at(-1) ?? 'bash failed'}`;
}
