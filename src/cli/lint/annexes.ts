import { OpenAnnex } from '../../annex/index.ts';
import type { Dialect } from '../../expression/index.ts';
import { readAnnexOrAnnexes, type Configuration } from '../../placement/index.ts';
import { thisMachine } from '../../repository/index.ts';
import { UserError } from '../errors.ts';
import { readText } from '../words/read-text.ts';

/** Where annexes are looked for: a real one in a directory, or recorded ones in a file. */
export interface AnnexesAt {
  readonly repo: string | undefined;
  readonly config: string | undefined;
  readonly dialect: Dialect;
}

/** The annexes that are meant, by their ids; a single one has the empty id. A real one is only read. */
export async function annexesAt({
  repo,
  config,
  dialect,
}: AnnexesAt): Promise<ReadonlyMap<string, Configuration>> {
  if (config !== undefined) return annexesIn(config, await readText(config), dialect);
  await thisMachine.places.version();
  const annex = await OpenAnnex.openInitialized(repo ?? '.');
  try {
    return new Map([['', await annex.configuration(dialect)]]);
  } finally {
    await annex.close();
  }
}

function annexesIn(
  file: string,
  json: string,
  dialect: Dialect,
): ReadonlyMap<string, Configuration> {
  const annexes = readAnnexOrAnnexes(json, dialect);
  if (annexes.kind === 'problem') throw new UserError(`${file}: ${annexes.message}`);
  return new Map([...annexes.value].map(([id, { configuration }]) => [id, configuration]));
}
