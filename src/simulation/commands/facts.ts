/** What programs around a simulation may know of a command before it is run. */
import { isRemark, table, type Command, type CommandName, type CommandOf } from './command.ts';
import type { Changes } from './row.ts';

/** What a command may do. */
export interface CommandFacts {
  /** Whether it goes on for as long as it takes, so that who waits may break it off. */
  readonly isLong: boolean;
  /** How a run can settle by it; `undefined` when it cannot. */
  readonly settlesIn: 'steps' | 'time' | undefined;
  readonly changes: Changes;
  /** Whether it gives contents to repositories. */
  readonly isAdding: boolean;
  /** Files that may have another content afterwards. */
  readonly files: Iterable<string>;
}

/** What a command may do, as its row says. */
export function factsOf(command: Command): CommandFacts {
  return isRemark(command) ? ofRemarks : rowFacts(command);
}

const ofRemarks: CommandFacts = {
  isLong: false,
  settlesIn: undefined,
  changes: 'nothing',
  isAdding: false,
  files: [],
};

function rowFacts<Name extends CommandName>(command: CommandOf<Name>): CommandFacts {
  const row = table[command.kind];
  return {
    isLong: row.isLong === true,
    settlesIn: row.settlesIn,
    changes: row.changes ?? 'more',
    isAdding: row.isAdding === true,
    files: row.filesOf?.(command) ?? [],
  };
}
