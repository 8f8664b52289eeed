/** Text for `git fast-import`, many lines at once. */

/** Most text that is gathered before it is sent. */
const pieceLength = 1 << 16;

/** Texts, joined to pieces that are worth sending. */
export function* gathered(texts: Iterable<string>): Generator<string, void, undefined> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

/** The head of a commit to a ref. */
export function commit(ref: string): string {
  return `commit ${ref}\ncommitter bench <bench@example.org> 1700000000 +0000\ndata 0\n`;
}

/** A text as the content of a file. */
export function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
