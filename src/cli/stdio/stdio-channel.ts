import { once } from 'node:events';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { LineChannel } from '../../gateway/line/index.ts';

/**
 * The peer at standard input and output. Unlike `process.stdout` on a pipe it never blocks: what
 * comes in is still read while the peer does not read.
 */
export function stdioChannel(onGone: () => void): LineChannel {
  const output = standardOutput();
  let failure: Error | undefined;
  output.on('error', (error) => {
    failure = error;
    onGone();
  });
  return {
    input: process.stdin,
    write: async (bytes) => {
      if (failure !== undefined) throw failure;
      // With what it waits for rejecting on an error, as `once` does.
      if (!output.write(bytes)) await once(output, 'drain');
    },
  };
}

function standardOutput(): Writable {
  try {
    return new Socket({ fd: 1, readable: false, writable: true });
  } catch {
    // A file or a terminal is no socket, and takes everything at once.
    return process.stdout;
  }
}
