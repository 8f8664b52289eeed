/** The log. */
import * as v from 'valibot';
import { anyText, fit, listOf, madeBy, objectOf, wholeNumbers } from '../../shapes/index.ts';
import type { LoggedCommand } from '../acts/history.ts';
import { parseCommand, parseSimulation } from '../commands/parse.ts';
import type { SavedPart } from './part.ts';

/** A line for a comment and for a blank, words for others. */
const command = madeBy(
  v.union([anyText, listOf(anyText)], 'a line or a list of words'),
  readable,
  'a command',
);

/** Of a saved state: the log. */
export const historyPart: SavedPart = {
  save: ({ history }) => {
    const { names, commands, entries } = history.save();
    return { history: { names, commands, entries: Array.from(entries) } };
  },

  read: (whole, { files }) => {
    const log = objectOf(
      { names: listOf(anyText), commands: listOf(command), entries: wholeNumbers },
      'a log',
    );
    const isWhole = v.check<v.InferOutput<typeof log>, string>(
      ({ names, commands, entries }) =>
        entries.every((number, index) => {
          if (index % 2 === 0) return number === -1 || isBelow(number >> 1, names.length);
          return isBelow(number, entries[index - 1] === -1 ? commands.length : files);
        }),
      'a log in which each entry is of a command, or of a name and a file, that there is',
    );
    const { history: saved } = fit(objectOf({ history: v.pipe(log, isWhole) }), whole);
    return ({ history }) => history.restore(saved);
  },
};

/** What was saved of a command; `undefined` where it does not parse. */
function readable(saved: LoggedCommand): LoggedCommand | undefined {
  if (typeof saved !== 'string') return parseCommand(saved).kind === 'command' ? saved : undefined;
  const parsed = parseSimulation(`${saved}\n`);
  return parsed.kind === 'simulation' && parsed.lines.length > 0 ? saved : undefined;
}

function isBelow(number: number, count: number): boolean {
  return number >= 0 && number < count;
}
