import { parseExpression } from '../../expression/index.ts';
import { plain } from '../../placement/index.ts';
import { isWhiteSpace, type Uuid } from '../../units/index.ts';
import { printSize } from '../language/print-size.ts';
import type { RealAnnex, RealContent, RealRepository } from './annex.ts';
import { fileWord, Names } from './names.ts';

/** A choice of contents, by which sizes of repositories shrink. */
export interface SampledShare {
  readonly contents: number;
  readonly of: number;
  readonly bytes: bigint;
  readonly ofBytes: bigint;
}

/**
 * Writes a real annex down in the sim language: first its repositories, then content after content, then
 * what is known to all. What the language cannot say stands in comments.
 */
export class SimulationComposer {
  readonly #annex: RealAnnex;
  readonly #names = new Names();
  readonly #nodes: readonly {
    readonly name: string;
    readonly node: Uuid;
    readonly clients: readonly Uuid[];
  }[];
  #unnamed = 0;
  #unsized = 0;
  #nowhere = 0;
  #renamed = 0;

  constructor(annex: RealAnnex) {
    this.#annex = annex;
    for (const { uuid, calledBy } of annex.repositories) this.#names.of(uuid, calledBy);
    this.#nodes = annex.clusters.flatMap(({ calledBy, nodes, clients }) => {
      const cluster = calledBy[0] ?? 'cluster';
      return nodes.map((node) => ({
        name: this.#names.make([`${cluster}-${this.#names.of(node)}`]),
        node,
        clients,
      }));
    });
  }

  /** Everything but contents. */
  *settings(seed: bigint, sampled?: SampledShare): Generator<string> {
    const { source, repositories, groupwanted, numcopies, mincopies } = this.#annex;
    yield `seed ${seed}`;
    yield comment(`${source}; add what you want to try at the end, such as: stepstable 100000`);
    for (const note of this.#annex.notes) yield comment(note);
    if (sampled !== undefined) yield* sampleComments(sampled);
    yield comment(
      'Contents have made-up keys, so that balanced terms pick otherwise for each of them,',
    );
    yield comment('and alike over all. Metadata and numcopies of .gitattributes are left out.');
    for (const repository of repositories) yield* this.#repository(repository, sampled);
    for (const [group, expression] of groupwanted) {
      yield* expressionLines('groupwanted', group, expression);
    }
    if (numcopies !== undefined) yield `numcopies ${numcopies}`;
    if (mincopies !== undefined) yield `mincopies ${mincopies}`;
    yield* this.#connections();
  }

  /** One content; nothing for one that nobody has. */
  *content(content: RealContent): Generator<string> {
    const { key, file, holders } = content;
    if (holders.length === 0) {
      this.#nowhere += 1;
      return;
    }
    for (const holder of holders) {
      if (this.#names.known(holder) !== undefined) continue;
      yield comment(`${holder} holds contents and is nowhere described`);
      yield `init ${this.#names.of(holder)}`;
    }
    const word = fileWord(content);
    if (file === undefined) this.#unnamed += 1;
    else if (word !== file) this.#renamed += 1;
    if (key.sizeBytes === undefined) this.#unsized += 1;
    const names = holders.map((holder) => this.#names.of(holder));
    yield `add ${word} ${key.sizeBytes ?? 0n}B ${names.join(' ')}`;
  }

  /** What comes after all contents. */
  *ending({ otherNames }: { readonly otherNames: number }): Generator<string> {
    const told: readonly (readonly [number, string])[] = [
      [this.#unnamed, 'contents without a file, which stand below no-file/'],
      [otherNames, 'further files of the same contents, left out'],
      [this.#renamed, 'files with another name here, for white space or the like in theirs'],
      [this.#unsized, 'contents without a known size, 0B here'],
      [this.#nowhere, 'contents that are nowhere, left out'],
    ];
    for (const [count, text] of told) if (count > 0) yield comment(`${text}: ${count}`);
    yield* this.#syncing();
  }

  *#repository(repository: RealRepository, sampled: SampledShare | undefined): Generator<string> {
    const { uuid, calledBy, isSpecialRemote, trust, groups, wanted, required } = repository;
    const { maxsizeBytes } = repository;
    const name = this.#names.of(uuid);
    const description = calledBy.at(-1);
    yield comment(`${name}: ${uuid}${description === undefined ? '' : ` ${description}`}`);
    yield `${isSpecialRemote ? 'initremote' : 'init'} ${name}`;
    if (trust !== 'semitrusted') yield `trustlevel ${name} ${trust}`;
    for (const group of groups) yield `group ${name} ${group}`;
    if (wanted !== undefined) yield* expressionLines('wanted', name, wanted);
    if (required !== undefined) yield* expressionLines('required', name, required);
    if (maxsizeBytes === undefined) return;
    if (sampled === undefined) yield `maxsize ${name} ${maxsizeBytes}B`;
    else {
      yield comment(`its maxsize is ${printSize(maxsizeBytes)}`);
      const scaled = sampled.ofBytes === 0n ? 0n : (maxsizeBytes * sampled.bytes) / sampled.ofBytes;
      yield `maxsize ${name} ${scaled}B`;
    }
  }

  *#connections(): Generator<string> {
    const { connections, unknownRemotes } = this.#annex;
    const name = (uuid: Uuid): string => this.#names.of(uuid);
    for (const { name: nodeName, node } of this.#nodes)
      yield `clusternode ${nodeName} ${name(node)}`;
    for (const { from, to } of connections) yield `connect ${name(from)} -> ${name(to)}`;
    for (const { name: nodeName, clients } of this.#nodes) {
      for (const client of clients) yield `connect ${name(client)} -> ${nodeName}`;
    }
    if (unknownRemotes.length === 0) return;
    yield comment(
      'It is not known here which remotes these have; add lines such as: connect a -> b',
    );
    for (const uuid of unknownRemotes) yield comment(`  ${name(uuid)}`);
  }

  /** What a real repository knows by its git-annex branch, each learns from those it is connected to. */
  *#syncing(): Generator<string> {
    const { connections } = this.#annex;
    if (connections.length === 0) return;
    yield comment('all that are connected learn what the others have');
    for (const way of ['gitpull', 'gitpush', 'gitpull']) {
      for (const { from, to } of connections) {
        yield `action ${this.#names.of(from)} ${way} ${this.#names.of(to)}`;
      }
    }
  }
}

/** An expression; in place of one that cannot be used `present`, which git-annex takes it for. */
function* expressionLines(
  command: 'wanted' | 'required' | 'groupwanted',
  target: string,
  expression: string,
): Generator<string> {
  const words = wordsOf(expression);
  if (words.length === 0) return;
  const text = words.join(' ');
  if (parseExpression(expression).kind !== 'expression') {
    yield comment(`this expression does not parse, and means present: ${text}`);
    yield `${command} ${target} present`;
    return;
  }
  if (text !== expression.trim()) {
    yield comment('the next expression has other white space here, which matters within globs');
  }
  yield `${command} ${target} ${text}`;
}

function wordsOf(text: string): readonly string[] {
  return Array.from(text, (character) => (isWhiteSpace(character) ? ' ' : character))
    .join('')
    .split(' ')
    .filter((word) => word !== '');
}

function* sampleComments({ contents, of, bytes, ofBytes }: SampledShare): Generator<string> {
  yield comment(
    `A sample: ${contents} of ${of} contents, ${printSize(bytes)} of ${printSize(ofBytes)}; ` +
      'maxsizes are smaller by the same share of bytes',
  );
}

/** A comment on one line, whatever is in it. */
function comment(text: string): string {
  return `# ${plain(text)}`;
}
