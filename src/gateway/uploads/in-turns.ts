import { ClientBody } from './client-body.ts';
import type { RightOfWay } from './right-of-way.ts';

/** What of an upload changes when it is gone on with. */
interface Rest {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly body: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

/**
 * Stores an upload, which another of the same key may overtake when its client is slow:
 *
 * 1. The slow one is left where it is; what has come of it is kept, as of one that broke off, and its
 *    client is not read from meanwhile.
 * 2. The other one goes on from there, alone.
 * 3. When that is over, the slow one is tried again from the byte that it had come to. Most often the
 *    content is there by then, which is its answer; otherwise it goes on.
 *
 * What goes to a peer, too, where nothing is gone on with, is not overtaken once some of it has come.
 *
 * @param attempt stores what is still to come of it, having taken its turns anew.
 */
export async function inTurns<Upload extends Rest, T>(
  upload: Upload,
  way: RightOfWay,
  attempt: (rest: Upload & { readonly body: ClientBody }) => Promise<T>,
): Promise<T> {
  const body = new ClientBody(upload.body, way.clock);
  try {
    for (;;) {
      const answer = await attempt({
        ...upload,
        offsetBytes: upload.offsetBytes + body.receivedBytes,
        lengthBytes: upload.lengthBytes - body.receivedBytes,
        body,
      });
      if (body.before === undefined) return answer;
      await way.otherOver(body.before, body, upload.signal);
      body.goOn();
    }
  } finally {
    body.close();
  }
}
