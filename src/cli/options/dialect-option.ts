import { InvalidArgumentError, type Command } from 'commander';
import { dialectDefault, parseDialect, type Dialect } from '../../expression/index.ts';

/** The git-annex that a verb speaks for. */
export interface DialectOptions {
  readonly dialect: Dialect;
}

/** Gives a verb the option `--dialect`. */
export function withDialectOption(command: Command): Command {
  const flags = '--dialect <VERSION>';
  const description = `the git-annex version to speak for (default: ${dialectDefault.version}, the newest known)`;
  return command.option(flags, description, readDialect).hook('preAction', (verb) => {
    if (verb.getOptionValue('dialect') === undefined) {
      verb.setOptionValueWithSource('dialect', dialectDefault, 'default');
    }
  });
}

function readDialect(text: string): Dialect {
  const dialect = parseDialect(text);
  if (dialect === undefined) {
    throw new InvalidArgumentError(
      'It is a version of git-annex, such as 10.20250416, as `git annex version --raw` prints it.',
    );
  }
  return dialect;
}
