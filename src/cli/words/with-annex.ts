import { OpenAnnex } from '../../annex/index.ts';
import type { Dialect } from '../../expression/index.ts';
import { refusedIn, type Configuration } from '../../placement/index.ts';
import { thisMachine } from '../../repository/index.ts';
import { UserError } from '../errors.ts';

/**
 * Opens a real annex for questions about it, and closes it whatever comes of them.
 * @throws UserError when one of its expressions cannot be evaluated here; NO_ANNEX.
 */
export async function withAnnex(
  directory: string,
  dialect: Dialect,
  ask: (annex: OpenAnnex, configuration: Configuration) => Promise<void>,
): Promise<void> {
  await thisMachine.places.version();
  const annex = await OpenAnnex.openInitialized(directory);
  try {
    const configuration = await annex.configuration(dialect);
    const refused = refusedIn(configuration);
    if (refused !== undefined) throw new UserError(`${directory}: ${refused}`);
    await ask(annex, configuration);
  } finally {
    await annex.close();
  }
}
