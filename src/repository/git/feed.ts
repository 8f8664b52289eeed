import { encodeText } from '../../units/index.ts';
import type { GitChild } from './git-child.ts';

/**
 * Writes texts to the input of a program and ends it, no faster than the program reads. Gives up
 * when the program has ended.
 */
export async function feed(child: GitChild, texts: AsyncIterable<string>): Promise<void> {
  let ended = false;
  const end = child.ended().then(() => {
    ended = true;
  });
  for await (const text of texts) {
    if (ended) return;
    if (!child.stdin.write(encodeText(text))) {
      await Promise.race([end, new Promise((resolve) => child.stdin.once('drain', resolve))]);
    }
  }
  child.stdin.end();
}
