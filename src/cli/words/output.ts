import { once } from 'node:events';
import { statuses } from '../errors.ts';

/**
 * Writes to standard output and waits while its reader is behind. When the reader has gone away the
 * program ends, as programs in a pipe do, and likewise, with a word of why, when it cannot be written.
 */
export async function write(text: string | Uint8Array): Promise<void> {
  watchOutput();
  if (process.stdout.write(text)) return;
  await once(process.stdout, 'drain');
}

let isWatched = false;

/** What {@link write} does when its reader has gone, for what others write too. */
export function watchOutput(): void {
  if (isWatched) return;
  isWatched = true;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(141);
    console.error(`ballast: standard output cannot be written: ${error.message}.`);
    process.exit(statuses.unable);
  });
}

/** How much is gathered before it is written, in UTF-16 code units. */
const gatheredMax = 64 * 1024;

/** Lines for standard output, written many at once. */
export class OutputBuffer {
  #text = '';

  async line(text: string): Promise<void> {
    this.#text += `${text}\n`;
    if (this.#text.length >= gatheredMax) await this.end();
  }

  /** Writes what was gathered. */
  async end(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (text !== '') await write(text);
  }
}
