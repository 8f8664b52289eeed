/**
 * Cases: who wants an item at one moment (spec/expressions.md section 15, spec/newest.md section
 * 6).
 */
import * as v from 'valibot';
import { parseKey } from '../../key/index.ts';
import {
  anyText,
  bytes,
  listOf,
  madeBy,
  objectOf,
  orNull,
  readJson,
  tableOf,
  truth,
  uuid,
  wholeNumber,
  type Shape,
} from '../../shapes/index.ts';
import { shown, type Read, type Uuid } from '../../units/index.ts';
import { refusedIn } from '../world/refused.ts';
import { wanted, wouldWantIfAbsent } from '../evaluate/wanted.ts';
import type { Configuration } from '../world/configuration.ts';
import type { Item, World } from '../world/world.ts';
import type { AnswerLine, BatchAnswer } from './answer.ts';
import type { RecordedAnnex } from './recorded-annex.ts';

/** Answers by repository. */
export type CaseAnswers = ReadonlyMap<Uuid, boolean>;

/** One line of a case file. */
export interface Case {
  /** The id of the configuration. */
  readonly config: string;
  readonly item: Item;
  /** Values by field name in lower case, with the fields that say when others changed. */
  readonly metadata: ReadonlyMap<string, readonly string[]>;
  readonly locations: readonly Uuid[];
  readonly urls: readonly string[];
  readonly equivalentKeys: readonly string[];
  readonly attributeNumcopies: number | undefined;
  /** The recorded answers, where there are any. */
  readonly wantget: CaseAnswers | undefined;
  readonly wantdrop: CaseAnswers | undefined;
}

/** Reads a line of a case file. */
export function readCase(json: string): Read<Case> {
  return readJson(json, recordedCase);
}

const answers = tableOf(uuid, truth);

const recordedCase: Shape<Case> = v.pipe(
  objectOf(
    {
      file: orNull(anyText),
      key: madeBy(anyText, keyNamed, 'a key'),
      size: v.optional(orNull(bytes)),
      config: anyText,
      metadata: v.optional(tableOf(anyText, listOf(anyText)), {}),
      locations: listOf(uuid),
      urls: v.optional(listOf(anyText), []),
      equivalent_keys: v.optional(listOf(anyText), []),
      attr_numcopies: v.optional(wholeNumber),
      wantget: v.optional(answers),
      wantdrop: v.optional(answers),
    },
    'a case',
  ),
  v.forward(
    v.check(
      ({ size, key: { key } }) => size === undefined || size === key.sizeBytes,
      'the size field of the key',
    ),
    ['size'],
  ),
  v.transform((line) => ({
    config: line.config,
    item: { ...line.key, file: line.file },
    metadata: withChanges(line.metadata),
    locations: line.locations,
    urls: line.urls,
    equivalentKeys: line.equivalent_keys,
    attributeNumcopies: line.attr_numcopies,
    wantget: line.wantget,
    wantdrop: line.wantdrop,
  })),
);

function keyNamed(keyText: string): Omit<Item, 'file'> | undefined {
  const key = parseKey(keyText);
  return key === undefined ? undefined : { key, keyText };
}

/** When the metadata of all recorded cases was set. */
const lastChanged = ['1970-01-01@00-00-01'];

/**
 * "Fields compare case-insensitively", and "each field that is currently set also has a field
 * NAME-lastchanged" (spec/expressions.md section 6.9).
 */
function withChanges(
  given: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> {
  const set = new Map<string, readonly string[]>();
  for (const [name, values] of given) {
    const field = name.toLowerCase();
    const all = [...new Set([...(set.get(field) ?? []), ...values])];
    if (all.length > 0) set.set(field, all);
  }
  const stamps = [...set.keys()].map((field) => [`${field}-lastchanged`, lastChanged] as const);
  const overall = set.size > 0 ? [['lastchanged', lastChanged] as const] : [];
  return new Map<string, readonly string[]>([...stamps, ...overall, ...set]);
}

/** The world of a case. */
export function worldOf(asked: Case, annex: RecordedAnnex): World {
  return {
    configuration: annex.configuration,
    locations: () => asked.locations,
    sizeBytes: (repository) => annex.sizesBytes.get(repository),
    metadata: () => asked.metadata,
    urls: () => asked.urls,
    attributeNumcopies: () => asked.attributeNumcopies,
    equivalentKeys: () => asked.equivalentKeys,
    isUnused: ({ keyText }) => annex.unusedKeys.has(keyText),
  };
}

/**
 * Answers the lines of a case file: for the repositories that the line has answers of, or for all
 * described ones when it has none. Like `find --want-get-by` and `--want-drop-by`, so a repository
 * without an expression wants nothing; a key without a file gets no `wantdrop`.
 */
export function answerCases(annexes: ReadonlyMap<string, RecordedAnnex>): AnswerLine {
  return (json) => {
    const line = readCase(json);
    if (line.kind === 'problem') return line;
    const annex = annexes.get(line.value.config);
    if (annex === undefined) {
      return { kind: 'problem', message: `there is no configuration ${shown(line.value.config)}` };
    }
    return answerCase(line.value, annex);
  };
}

/**
 * Why a case cannot be answered truthfully: it speaks of a repository that the configuration does
 * not know, or that has an expression which is refused here.
 */
export function troubleWith(asked: Case, annex: RecordedAnnex): string | undefined {
  const name = `configuration ${shown(asked.config)}`;
  const stranger = strangerIn(asked, annex);
  if (stranger !== undefined) return `${name} has no repository ${shown(stranger)}`;
  const refused = refusedIn(annex.configuration);
  return refused === undefined ? undefined : `${name}: ${refused}`;
}

function answerCase(asked: Case, annex: RecordedAnnex): BatchAnswer {
  const message = troubleWith(asked, annex);
  if (message !== undefined) return { kind: 'problem', message };
  const { item } = asked;
  const { wantget, wantdrop } = answersTo(item, worldOf(asked, annex), {
    wantget: asked.wantget?.keys(),
    wantdrop: asked.wantdrop?.keys(),
  });
  return {
    kind: 'answer',
    json: answersJson(item, { wantget, wantdrop }, asked.config),
    differences:
      asked.wantget === undefined && asked.wantdrop === undefined
        ? undefined
        : [
            ...differing('wantget', wantget, asked.wantget),
            ...differing('wantdrop', wantdrop, asked.wantdrop),
          ],
  };
}

/** Who would get a content that it does not have, and who would drop one that it has. */
export interface WhoWants {
  readonly wantget: CaseAnswers;
  /** `undefined` for a key without a file, of which nobody is asked. */
  readonly wantdrop: CaseAnswers | undefined;
}

/**
 * Who wants a content, as `git annex find --want-get-by` and `--want-drop-by` tell it.
 *
 * @param asked the repositories to ask; default: all that are described.
 */
export function answersTo(
  item: Item,
  world: World,
  asked: {
    readonly wantget?: Iterable<Uuid> | undefined;
    readonly wantdrop?: Iterable<Uuid> | undefined;
  } = {},
): WhoWants {
  const everybody = describedIn(world.configuration);
  const isDropAsked = asked.wantdrop !== undefined || item.file !== undefined;
  const wantget = new Map<Uuid, boolean>();
  for (const each of asked.wantget ?? everybody) wantget.set(each, wanted(each, item, world));
  if (!isDropAsked) return { wantget, wantdrop: undefined };
  const wantdrop = new Map<Uuid, boolean>();
  for (const each of asked.wantdrop ?? everybody) {
    wantdrop.set(each, !wouldWantIfAbsent(each, item, world));
  }
  return { wantget, wantdrop };
}

/** Answers to a case as a line of JSON, in the form of a case file. */
export function answersJson(item: Item, { wantget, wantdrop }: WhoWants, config?: string): string {
  return JSON.stringify({
    ...(config === undefined ? {} : { config }),
    key: item.keyText,
    file: item.file ?? null,
    wantget: Object.fromEntries(wantget),
    ...(wantdrop === undefined ? {} : { wantdrop: Object.fromEntries(wantdrop) }),
  });
}

/** A repository that the case speaks of and the configuration does not know. */
function strangerIn(
  { locations, wantget, wantdrop }: Case,
  { configuration: { repositories, clusters } }: RecordedAnnex,
): Uuid | undefined {
  const named = [...locations, ...(wantget?.keys() ?? []), ...(wantdrop?.keys() ?? [])];
  return named.find((each) => !repositories.has(each) && !clusters.has(each));
}

/** "described: false: such a repository cannot be asked about" (spec/expressions.md section 15). */
function describedIn({ repositories }: Configuration): readonly Uuid[] {
  return [...repositories]
    .filter(([, { description }]) => description !== undefined)
    .map(([each]) => each);
}

function differing(
  question: string,
  ours: CaseAnswers | undefined,
  recorded: CaseAnswers | undefined,
): readonly string[] {
  return [...(recorded ?? [])]
    .filter(([repository, answer]) => ours?.get(repository) !== answer)
    .map(
      ([repository, answer]) =>
        `${question} of ${repository} is ${String(ours?.get(repository))}, recorded ${answer}`,
    );
}
