import type { Exchange } from './exchange.ts';

/** Aborted when the client is gone before it has its answer. */
export function goneSignal({ response }: Pick<Exchange, 'response'>): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new Error('the client is gone'));
  });
  return gone.signal;
}
