import { plain } from '../../units/index.ts';

/** What a line of a batch file gets back. */
export type BatchAnswer =
  | {
      readonly kind: 'answer';
      /** One line of JSON. */
      readonly json: string;
      /**
       * How the answer differs from the one that the line itself holds, a sentence each;
       * `undefined` when it holds none.
       */
      readonly differences: readonly string[] | undefined;
    }
  /** The line cannot be answered, for this reason. */
  | { readonly kind: 'problem'; readonly message: string };

/** Answers one line. */
export type AnswerLine = (line: string) => BatchAnswer;

/**
 * A sentence for each field that is not as recorded; fields that were not recorded do not count.
 */
export function differencesOf(
  ours: Readonly<Record<string, unknown>>,
  recorded: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.entries(recorded).flatMap(([name, value]) => {
    const [own, theirs] = [JSON.stringify(ours[name]), JSON.stringify(value)];
    return own === theirs ? [] : [plain(`${name} is ${own}, recorded ${theirs}`)];
  });
}
