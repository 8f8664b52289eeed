/**
 * What a whole annex has that its admin should look at: each expression, and how they fit together.
 */
import {
  isEmpty,
  isNever,
  likelyWord,
  parseExpression,
  termsIn,
  trustLevels,
  type Expression,
} from '../../expression/index.ts';
import { parseUuid, type Uuid } from '../../units/index.ts';
import { annexOf, type Annex } from '../world/annex.ts';
import { noSettings, type Configuration } from '../world/configuration.ts';
import { settingOf } from '../evaluate/matcher.ts';
import { finding, type Finding } from '../family/finding.ts';
import { groupsIn } from '../family/group-names.ts';
import type { LintFrom } from '../family/lint.ts';
import { nameOf } from '../world/names.ts';
import { findingsMax, lintExpression } from './lint.ts';
import { lintNegatedTermIn, lintTermIn } from './term-lints.ts';

/** An expression of a configuration, or a part of it without one. */
export interface LintPlace {
  readonly kind: 'wanted' | 'required' | 'groupwanted' | 'group';
  /** The UUID of the repository, or the name of the group. */
  readonly of: string;
  /** What people call it. */
  readonly name: string;
  /** The expression; empty for a group. */
  readonly text: string;
}

/** A finding, and where in the configuration it is. */
export interface PlacedFinding extends Finding {
  readonly place: LintPlace;
}

/** Every finding in a configuration: repositories in their order, then groupwanted, then groups. */
export function lintConfiguration(configuration: Configuration): readonly PlacedFinding[] {
  const annex = annexOf(configuration);
  const found = placesIn(annex).flatMap((place) =>
    lintExpression(place.text, annex.dialect)
      .concat(lintInPlace(place, annex))
      .slice(0, findingsMax)
      .map((each) => placed(withConsequence(each, place, annex), place)),
  );
  return [...found, ...lintEmptyGroups(annex), ...lintGroupNames(configuration)];
}

/** A groupwanted expression that nobody can ever use. */
function lintEmptyGroups(annex: Annex): readonly PlacedFinding[] {
  return [...annex.configuration.groupwanted]
    .filter(([name]) => annex.group(name).members.length === 0)
    .map(([name, text]) => {
      const likely = likelyWord(name, groupsIn(annex));
      const hint = likely === undefined ? '' : `; did you mean ${likely}?`;
      const message = `nobody is in the group ${JSON.stringify(name)}, which has a groupwanted expression${hint}`;
      return placed(finding('BL106', message), { kind: 'group', of: name, name, text });
    });
}

/**
 * "wanted and required are one tree: an unstable required expression disables wanted"
 * (spec/expressions.md section 10).
 */
function withConsequence(found: Finding, { kind, of }: LintPlace, annex: Annex): Finding {
  const own = parseUuid(of);
  const { wanted } = own === undefined ? noSettings : annex.settings(own);
  if (found.code !== 'BL101' || kind !== 'required' || wanted === undefined) return found;
  return { ...found, message: `${found.message}, nor the wanted expression beside it` };
}

function placed(found: Finding, place: LintPlace): PlacedFinding {
  return { ...found, place };
}

/** Every expression of an annex: repositories in their order, then groupwanted. */
export function placesIn(annex: Annex): readonly LintPlace[] {
  const { repositories, groupwanted } = annex.configuration;
  const own = [...repositories].flatMap(([of, { wanted, required }]) => {
    const name = nameOf(annex, of);
    const texts = { wanted, required };
    return (['wanted', 'required'] as const).flatMap((kind): LintPlace[] => {
      const text = texts[kind];
      return text === undefined ? [] : [{ kind, of, name, text }];
    });
  });
  const shared = [...groupwanted].map(
    ([of, text]): LintPlace => ({ kind: 'groupwanted', of, name: of, text }),
  );
  return [...own, ...shared];
}

/** What can be said of an expression only together with the rest. */
function lintInPlace(place: LintPlace, annex: Annex): readonly Finding[] {
  const parsed = parseExpression(place.text, annex.dialect);
  if (parsed.kind === 'problems') return [];
  const { tree } = parsed;
  const askers = askersOf(place, annex);
  const from: LintFrom = {
    annex,
    isGroupwanted: place.kind === 'groupwanted',
    askers,
    isUnstableFor: (asker, name) => settingOf(annex, asker).standFor(name)?.hasUnstable ?? false,
  };
  return [
    ...termsIn(tree).flatMap(({ term }) => lintTermIn(term, from)),
    ...termsIn(tree).flatMap(({ term, isNegated }) =>
      isNegated ? lintNegatedTermIn(term, from) : [],
    ),
    ...(place.kind === 'required' ? lintRequired(tree, place, askers, annex) : []),
  ];
}

/** The repositories that an expression is asked for. */
function askersOf({ kind, of }: LintPlace, annex: Annex): readonly Uuid[] {
  if (kind === 'groupwanted') return annex.group(of).members;
  const uuid = parseUuid(of);
  return uuid !== undefined && annex.configuration.repositories.has(uuid) ? [uuid] : [];
}

/**
 * A repository that holds nothing cannot keep what is required of it (spec/expressions.md section
 * 12.3: 0 is full).
 */
function lintRequired(
  tree: Expression,
  { text }: LintPlace,
  askers: readonly Uuid[],
  annex: Annex,
): readonly Finding[] {
  if (isEmpty(tree) || isNever(tree).kind === 'proved') return [];
  const span = { start: 0, end: text.length };
  return askers.flatMap((asker) => {
    const { trust, maxsizeBytes } = annex.settings(asker);
    const why = trust === 'dead' ? 'is dead' : maxsizeBytes === 0n ? 'has maxsize 0' : undefined;
    if (why === undefined) return [];
    const message = `${nameOf(annex, asker)} ${why}, and can hold nothing`;
    return [finding('BL110', message, { span, edit: { span, replacement: 'nothing' } })];
  });
}

/**
 * "A word that is a level, or a level and `+`, is always read as one" (spec/expressions.md section
 * 6.5).
 */
function lintGroupNames({ repositories, groupwanted }: Configuration): readonly PlacedFinding[] {
  const names = [
    ...[...repositories.values()].flatMap(({ groups }) => groups),
    ...groupwanted.keys(),
  ];
  return [...new Set(names)]
    .filter((name) => trustLevels.some((level) => name === level || name === `${level}+`))
    .map((name) => {
      const message = `copies=${name}:1 counts by trust, not members of the group ${name}`;
      return placed(finding('BL119', message), { kind: 'group', of: name, name, text: '' });
    });
}
