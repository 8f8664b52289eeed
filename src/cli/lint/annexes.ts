import { OpenAnnex } from '../../annex/index.ts';
import type { Dialect } from '../../expression/index.ts';
import {
  readRecordedAnnex,
  readRecordedAnnexes,
  type Configuration,
} from '../../placement/index.ts';
import { findGit } from '../../repository/index.ts';
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
  await findGit();
  const annex = await OpenAnnex.openInitialized(repo ?? '.');
  try {
    return new Map([['', await annex.configuration(dialect)]]);
  } finally {
    await annex.close();
  }
}

/** One annex, or several by their ids: what has `repos` is one. */
function annexesIn(
  file: string,
  json: string,
  dialect: Dialect,
): ReadonlyMap<string, Configuration> {
  const one = readRecordedAnnex(json, dialect);
  if (one.kind === 'value') return new Map([['', one.value.configuration]]);
  const several = readRecordedAnnexes(json, dialect);
  if (several.kind === 'problem') {
    const message = one.message === 'repos is missing' ? several.message : one.message;
    throw new UserError(`${file}: ${message}`);
  }
  return new Map([...several.value].map(([id, { configuration }]) => [id, configuration]));
}
