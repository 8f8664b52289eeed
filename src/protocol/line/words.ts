/**
 * Every word that a line may begin with, and its parameters in their order (spec/p2p-line.md; the
 * last one takes the rest of the line). `needs` is the feature that the session's version must
 * have.
 */
export const lineWords = {
  AUTH: { parameters: ['clientUuid', 'token'], needs: undefined },
  'AUTH-SUCCESS': { parameters: ['serverUuid'], needs: undefined },
  'AUTH-FAILURE': { parameters: [], needs: undefined },
  VERSION: { parameters: ['version'], needs: undefined },
  BYPASS: { parameters: ['uuids'], needs: 'plusUuids' },
  CONNECT: { parameters: ['service'], needs: undefined },
  CONNECTDONE: { parameters: ['exitCode'], needs: undefined },
  NOTIFYCHANGE: { parameters: [], needs: undefined },
  CHANGED: { parameters: ['refs'], needs: undefined },
  CHECKPRESENT: { parameters: ['key'], needs: undefined },
  LOCKCONTENT: { parameters: ['key'], needs: undefined },
  UNLOCKCONTENT: { parameters: [], needs: undefined },
  REMOVE: { parameters: ['key'], needs: undefined },
  'REMOVE-BEFORE': { parameters: ['timestampSeconds', 'key'], needs: 'timestamps' },
  GETTIMESTAMP: { parameters: [], needs: 'timestamps' },
  GET: { parameters: ['offsetBytes', 'associatedFile', 'key'], needs: undefined },
  PUT: { parameters: ['associatedFile', 'key'], needs: undefined },
  'PUT-FROM': { parameters: ['offsetBytes'], needs: undefined },
  'ALREADY-HAVE': { parameters: [], needs: undefined },
  'ALREADY-HAVE-PLUS': { parameters: ['uuids'], needs: 'plusUuids' },
  SUCCESS: { parameters: [], needs: undefined },
  'SUCCESS-PLUS': { parameters: ['uuids'], needs: 'plusUuids' },
  FAILURE: { parameters: [], needs: undefined },
  'FAILURE-PLUS': { parameters: ['uuids'], needs: 'plusUuids' },
  DATA: { parameters: ['lengthBytes'], needs: undefined },
  'DATA-PRESENT': { parameters: [], needs: 'dataPresent' },
  VALID: { parameters: [], needs: 'validity' },
  INVALID: { parameters: [], needs: 'validity' },
  TIMESTAMP: { parameters: ['seconds'], needs: undefined },
  ERROR: { parameters: ['text'], needs: undefined },
} as const;

/** A word that a message on a line begins with. */
export type LineWord = keyof typeof lineWords;

/** What a line can begin with. */
export const allWords: readonly LineWord[] = Object.keys(lineWords).filter((name) =>
  isLineWord(name),
);

/** Whether a text is one of the words; they are case sensitive. */
export function isLineWord(text: string): text is LineWord {
  return Object.hasOwn(lineWords, text);
}
