/** Findings for people. */
import { placeIn } from '../../expression/index.ts';
import { plain } from '../../units/index.ts';
import type { LintPlace } from './lint-configuration.ts';
import type { Finding } from '../family/finding.ts';

/**
 * A finding as lines: code, place, sentence, the line with carets under it, and what to write
 * instead.
 */
export function formatFinding(
  { code, message, span, edit }: Finding,
  text: string,
  place?: LintPlace,
): string {
  const where = place === undefined ? '' : ` in ${place.kind} of ${plain(place.name)}`;
  if (span === undefined) return `${code}${where}: ${plain(message)}`;
  const { line, column, excerpt } = placeIn(text, span);
  const lines = [
    `${code}${where} at line ${line}, column ${column}: ${plain(message)}`,
    `  ${excerpt.text}`,
    `  ${excerpt.carets}`,
  ];
  if (edit === undefined) return lines.join('\n');
  const after = (
    text.slice(0, edit.span.start) +
    edit.replacement +
    text.slice(edit.span.end)
  ).trim();
  const shown = placeIn(after, { start: 0, end: 0 }).excerpt.text;
  return [...lines, `  instead: ${shown}`].join('\n');
}
