/**
 * `connect` and `disconnect`: "reading goes from the right, first `B ARROW A`, then pairs `ARROW NAME`"
 * (spec/sim.md section 4.3).
 */
import { seq, tok, type Parser } from 'typescript-parsec';
import { arrowOf, type Arrow } from './arrow.ts';
import type { WordsField } from './fields.ts';
import { Misread } from './misread.ts';
import { anyWord, reversed, textsFrom, wordAt, type CommandWord, type WordKind } from './words.ts';

/** One link of a `connect`. */
export interface Link {
  readonly left: string;
  readonly arrow: Arrow;
  readonly right: string;
}

/** The links of a chain such as `a -> b <-> c`, from left to right. */
export const links: WordsField<readonly Link[]> = {
  kind: 'words',
  usage: 'REPO ARROW REPO...',
  countMin: 0,
  readAll: readLinks,
  printAll: (chain) =>
    chain.flatMap(({ left, arrow, right }, index) =>
      index === 0 ? [left, arrow, right] : [arrow, right],
    ),
};

const lastLink = seq(anyWord, tok<WordKind>('arrow'), anyWord);
const earlierLink = seq(tok<WordKind>('arrow'), anyWord);

/** The links from left to right, or where they end. */
function readLinks(words: CommandWord | undefined): readonly Link[] | Misread {
  const links: Link[] = [];
  let unread = reversed(words);
  const [last] = candidates(lastLink, unread);
  if (last === undefined) return badConnect(unread);
  const [right, arrow, left] = last.result;
  links.push({ left: left.text, arrow: arrowOf(arrow), right: right.text });
  let leftmost = left;
  for (unread = last.nextToken; unread !== undefined; ) {
    const [link] = candidates(earlierLink, unread);
    if (link === undefined) return badConnect(unread);
    const [arrow, name] = link.result;
    links.push({ left: name.text, arrow: arrowOf(arrow), right: leftmost.text });
    leftmost = name;
    unread = link.nextToken;
  }
  return links.reverse();
}

function candidates<T>(
  parser: Parser<WordKind, T>,
  word: CommandWord | undefined,
): readonly { readonly result: T; readonly nextToken: CommandWord | undefined }[] {
  const output = parser.parse(word);
  return output.successful ? output.candidates : [];
}

function badConnect(unread: CommandWord | undefined): Misread {
  const near = textsFrom(unread).join(' ');
  return new Misread(unread ?? wordAt('', 0, undefined), {
    code: 'BS105',
    message: `${JSON.stringify(near.slice(0, nearLengthMax))}, read from the right, is no connection`,
    expected: 'names with ->, <- or <-> between them',
    gitAnnexError: `Bad connect syntax near "${near}"`,
  });
}

/** How much of what was not read is shown to people, in characters. */
const nearLengthMax = 80;
