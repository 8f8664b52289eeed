import {
  formatFinding,
  lintConfiguration,
  lintExpression,
  type Configuration,
} from '../../placement/index.ts';
import type { Dialect } from '../../expression/index.ts';

/** A finding, to be shown and as JSON. */
export interface Shown {
  readonly text: string;
  readonly finding: object;
}

/** What is odd in an expression. */
export function findingsInExpression(text: string, dialect: Dialect): readonly Shown[] {
  return lintExpression(text, dialect).map((finding) => ({
    text: formatFinding(finding, text),
    finding,
  }));
}

/**
 * What is odd in an annex.
 * @param id what it is called where there are several; else empty.
 */
export function findingsInAnnex(configuration: Configuration, id: string): readonly Shown[] {
  return lintConfiguration(configuration).map((finding) => ({
    text: `${id === '' ? '' : `${id}: `}${formatFinding(finding, finding.place.text, finding.place)}`,
    finding: id === '' ? finding : { config: id, ...finding },
  }));
}
