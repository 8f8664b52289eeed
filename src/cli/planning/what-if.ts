import { edited, repositoryNamed, type OpenAnnex } from '../../annex/index.ts';
import type { Configuration } from '../../placement/index.ts';
import { formatSimulationProblem, parseSimulation } from '../../simulation/index.ts';
import { UserError } from '../errors.ts';
import { readText } from '../words/read-text.ts';

/** Edits that were asked about: lines of the sim language, and a file of them. */
export interface WhatIf {
  readonly lines: readonly string[];
  readonly file: string | undefined;
}

/**
 * The configuration as it would be after the edits.
 * @throws UserError for one that is none, by where it stands.
 */
export async function configurationAfter(
  { lines, file }: WhatIf,
  annex: OpenAnnex,
  configuration: Configuration,
): Promise<Configuration> {
  const texts: (readonly [place: string, text: string])[] = [];
  if (file !== undefined) texts.push([file, await readText(file)]);
  for (const line of lines) texts.push(['--what-if', line]);
  let now = configuration;
  for (const [place, text] of texts) {
    const parsed = parseSimulation(text, configuration.dialect);
    if (parsed.kind === 'problem') {
      throw new UserError(`${place}: ${formatSimulationProblem(parsed.problem)}`);
    }
    for (const { command, line } of parsed.lines) {
      const after = edited(now, command, (name) => {
        const found = repositoryNamed(name, annex, now);
        return found.kind === 'repository' ? found.uuid : undefined;
      });
      if (after.kind === 'problem') throw new UserError(`${place}:${line}: ${after.message}`);
      now = after.value;
    }
  }
  return now;
}
