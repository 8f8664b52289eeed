import type { Dialect } from '../../expression/index.ts';
import {
  findingCodes,
  mendConfiguration,
  mendExpression,
  type Configuration,
  type PlacedMend,
} from '../../placement/index.ts';
import { plain } from '../../units/index.ts';
import { FoundWanting } from '../errors.ts';
import { OutputBuffer, write } from '../words/output.ts';
import { findingsInAnnex, findingsInExpression, type Shown } from './findings.ts';
import { settingCommand } from './setting-command.ts';

/**
 * Prints an expression, with what can be mended mended; what is left to find goes to standard error, and
 * ends the program with 1.
 */
export async function fixExpression(
  text: string,
  { dialect, json }: { readonly dialect: Dialect; readonly json: boolean },
): Promise<void> {
  const fixed = mendExpression(text, dialect);
  const left = findingsInExpression(fixed.text, dialect);
  if (json) {
    const findings = left.map(({ finding }) => finding);
    await write(
      `${JSON.stringify({ text, fixed: fixed.text, mended: fixed.mended, left: findings })}\n`,
    );
  } else {
    await write(`${fixed.text}\n`);
    complain(left);
  }
  if (left.length > 0) throw new FoundWanting();
}

/**
 * Prints the commands that mend the expressions of annexes, with what they change as comments of the shell;
 * what is left to find goes to standard error, and ends the program with 1. Nothing is changed here.
 * @param annexes by their ids; a single one has the empty id.
 */
export async function fixAnnexes(
  annexes: ReadonlyMap<string, Configuration>,
  { json }: { readonly json: boolean },
): Promise<void> {
  const output = new OutputBuffer();
  const left: Shown[] = [];
  for (const [id, configuration] of annexes) {
    const fixed = mendConfiguration(configuration);
    for (const mend of fixed.mends) {
      for (const line of json ? [mendJson(mend, id)] : mendLines(mend, id)) await output.line(line);
    }
    left.push(...findingsInAnnex(fixed.configuration, id));
  }
  if (json) for (const { finding } of left) await output.line(JSON.stringify(finding));
  await output.end();
  if (!json) complain(left);
  if (left.length > 0) throw new FoundWanting();
}

/** A mend as lines of a shell script: what is mended and how as comments, then the command. */
function mendLines({ place, text, mended }: PlacedMend, id: string): readonly string[] {
  const name = place.name === place.of ? place.of : `${place.name} (${place.of})`;
  const codes = [...new Set(mended.map(({ code }) => code))];
  return [
    `# ${id === '' ? '' : `${plain(id)}: `}${place.kind} of ${plain(name)}`,
    ...codes.map((code) => `#   ${code}: ${findingCodes[code]}`),
    `# - ${plain(place.text)}`,
    `# + ${plain(text)}`,
    settingCommand(place, text) ?? '# It holds characters that do not show: set it by hand.',
  ];
}

function mendJson({ place, text, mended }: PlacedMend, id: string): string {
  const config = id === '' ? undefined : id;
  return JSON.stringify({ config, place, fixed: text, mended });
}

function complain(left: readonly Shown[]): void {
  if (left.length > 0) console.error(left.map(({ text }) => text).join('\n'));
}
