import type { Key } from '../../../key/index.ts';
import { offerDownload } from '../../stores/direct-uploads.ts';
import type { ServedStore } from '../../stores/served-store.ts';
import { contentDisposition } from '../download-name.ts';
import type { Exchange } from '../exchange.ts';

/** Headers that are about the tags of this gateway, which S3 does not know. */
const conditions = ['if-match', 'if-none-match', 'if-range'] as const;

/**
 * Sends a client that follows to where a content can be read from S3 itself: by the same method, and with the range that
 * it asks for, as RFC 9110 section 15.4.8 has it. The url holds for a short time and for who asked, so that nothing
 * between may keep the answer.
 *
 * @returns whether that was the answer. A request with conditions is answered here, and so is what is not there in one plain
 * piece.
 */
export async function redirected(
  { request, response, seen }: Exchange,
  store: ServedStore,
  asked: {
    readonly key: Key;
    readonly associatedFile: string | undefined;
    readonly isHead: boolean;
    readonly lifeSeconds: number;
  },
): Promise<boolean> {
  if (conditions.some((name) => request.headers[name] !== undefined)) return false;
  const offered = await offerDownload(store, asked.key, {
    method: asked.isHead ? 'HEAD' : 'GET',
    lifeSeconds: asked.lifeSeconds,
    contentDisposition: contentDisposition(asked.associatedFile),
  });
  if (offered === undefined) return false;
  seen?.givenBy(offered.node);
  response.writeHead(307, {
    Location: offered.request.url,
    'Content-Length': 0,
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
  });
  response.end();
  return true;
}
