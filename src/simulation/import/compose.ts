import { parseExpression } from '../../expression/index.ts';
import { isWhiteSpace, plain, type Uuid } from '../../units/index.ts';
import { printSize } from '../language/print-size.ts';
import type {
  RealAnnex,
  RealCluster,
  RealContent,
  RealCounts,
  RealGateway,
  ImportedRepository,
} from './annex.ts';
import { fileWord, isWord, Names } from './names.ts';

/** A choice of contents, by which sizes of repositories shrink. */
export interface SampledShare {
  readonly contents: number;
  readonly of: number;
  readonly bytes: bigint;
  readonly ofBytes: bigint;
}

/** A cluster as it is reached by one of its gateways, with names of its own for the cluster and the nodes. */
interface NamedWay {
  readonly name: string;
  readonly gateway: RealGateway;
  readonly nodes: readonly { readonly name: string; readonly node: Uuid }[];
}

/**
 * Writes a real annex down in the sim language: first its repositories, then content after content, then
 * what is known to all. What the language cannot say stands in comments.
 */
export class SimulationComposer {
  readonly #annex: RealAnnex;
  readonly #madeUpKeys: boolean;
  readonly #names = new Names();
  readonly #ways: readonly NamedWay[];
  #unnamed = 0;
  #unsized = 0;
  #nowhere = 0;
  #renamed = 0;
  #unsaidKeys = 0;
  #unsaidValues = 0;

  /**
   * @param options.madeUpKeys writes no commands that git-annex's simulator lacks. Default: keys and UUIDs
   * are kept.
   */
  constructor(annex: RealAnnex, options: { readonly madeUpKeys?: boolean } = {}) {
    this.#annex = annex;
    this.#madeUpKeys = options.madeUpKeys === true;
    for (const { uuid, calledBy } of annex.repositories) this.#names.of(uuid, calledBy);
    this.#ways = annex.clusters.flatMap((cluster) =>
      cluster.gateways.map((gateway) => this.#way(cluster, gateway)),
    );
  }

  /** Names are short for the first gateway; those for others have its name before them. */
  #way({ calledBy, nodes, gateways }: RealCluster, gateway: RealGateway): NamedWay {
    const called = calledBy[0] ?? 'cluster';
    const isFirst = gateway === gateways[0];
    const cluster = isFirst ? called : `${this.#names.of(gateway.uuid)}-${called}`;
    return {
      name: this.#names.make([cluster]),
      gateway,
      nodes: nodes.map((node) => ({
        name: this.#names.make([`${cluster}-${this.#names.of(node)}`]),
        node,
      })),
    };
  }

  /** Everything but contents. */
  *settings(seed: bigint, sampled?: SampledShare): Generator<string> {
    const { source, repositories, groupwanted, numcopies, mincopies } = this.#annex;
    yield `seed ${seed}`;
    yield comment(`${source}; add what you want to try at the end, such as: stepstable 100000`);
    for (const note of this.#annex.notes) yield comment(note);
    if (sampled !== undefined) yield* sampleComments(sampled);
    if (this.#madeUpKeys) {
      yield comment(
        'Keys and UUIDs are made up, so that balanced terms pick otherwise for each content,',
      );
      yield comment('and alike over all');
    } else {
      yield comment(
        'Keys and UUIDs are the real ones, which git-annex has no commands for in simulations;',
      );
      yield comment('an import with --made-up-keys also runs there');
    }
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
    const { key, keyText, file, holders, metadata } = content;
    if (holders.length === 0) {
      this.#nowhere += 1;
      return;
    }
    for (const holder of holders) {
      if (this.#names.known(holder) !== undefined) continue;
      yield comment(`${holder} holds contents and is nowhere described`);
      yield this.#init(holder, false);
    }
    const word = fileWord(content);
    if (file === undefined) this.#unnamed += 1;
    else if (word !== file) this.#renamed += 1;
    if (key.sizeBytes === undefined) this.#unsized += 1;
    const names = holders.map((holder) => this.#names.of(holder)).join(' ');
    const isKept = !this.#madeUpKeys && isWord(keyText);
    if (!isKept) this.#unsaidKeys += 1;
    yield isKept
      ? `addkey ${word} ${keyText} ${names}`
      : `add ${word} ${key.sizeBytes ?? 0n}B ${names}`;
    if (metadata.size > 0) yield* this.#metadata(word, metadata);
  }

  *#metadata(file: string, metadata: ReadonlyMap<string, readonly string[]>): Generator<string> {
    for (const [field, values] of metadata) {
      let operator = '=';
      for (const value of values) {
        const change = `${field}${operator}${value}`;
        if (!fieldShape.test(field) || !isWord(change)) {
          this.#unsaidValues += 1;
          continue;
        }
        yield `metadata ${file} ${change}`;
        operator = '+=';
      }
    }
  }

  /** What comes after all contents. */
  *ending({ otherNames, otherCopies, unreadLogs }: RealCounts): Generator<string> {
    const told: readonly (readonly [number, string])[] = [
      [this.#unnamed, 'contents without a file, which stand below no-file/'],
      [otherNames, 'further files of the same contents, left out'],
      [this.#renamed, 'files with another name here, for white space or the like in theirs'],
      [this.#unsized, 'contents without a known size, 0B here'],
      [unreadLogs, 'location and metadata logs that cannot be read, left out'],
      [this.#nowhere, 'contents that are nowhere, left out'],
      [
        this.#madeUpKeys ? 0 : this.#unsaidKeys,
        'contents with made-up keys, for white space or the like in theirs',
      ],
      [
        this.#unsaidValues,
        'values of metadata left out, for white space or the like in them or their fields',
      ],
      [
        otherCopies,
        'files for which .gitattributes says another numcopies or mincopies, which is left out',
      ],
    ];
    for (const [count, text] of told) if (count > 0) yield comment(`${text}: ${count}`);
    yield* this.#syncing();
    yield comment('To see what would happen: change a line above, and take the # from the next');
    yield comment('stepstable 100000');
  }

  /** Balanced terms pick by UUIDs and keys, so that both are kept or none. */
  #init(uuid: Uuid, isSpecialRemote: boolean): string {
    const name = this.#names.of(uuid);
    const command = isSpecialRemote ? 'initremote' : 'init';
    return this.#madeUpKeys || !isWord(uuid)
      ? `${command} ${name}`
      : `${command}uuid ${name} ${uuid}`;
  }

  *#repository(
    repository: ImportedRepository,
    sampled: SampledShare | undefined,
  ): Generator<string> {
    const { uuid, calledBy, isSpecialRemote, trust, groups, wanted, required } = repository;
    const { maxsizeBytes } = repository;
    const name = this.#names.of(uuid);
    const description = calledBy.at(-1);
    yield comment(`${name}: ${uuid}${description === undefined ? '' : ` ${description}`}`);
    yield this.#init(uuid, isSpecialRemote);
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
    for (const { nodes, gateway } of this.#ways) {
      for (const { name: nodeName, node } of nodes) {
        yield `clusternode ${nodeName} ${name(node)}`;
        if (!this.#madeUpKeys) yield `via ${nodeName} ${name(gateway.uuid)}`;
      }
    }
    if (!this.#madeUpKeys) yield* this.#clusters();
    for (const { from, to } of connections) yield `connect ${name(from)} -> ${name(to)}`;
    for (const { nodes, gateway } of this.#ways) {
      for (const { name: nodeName } of nodes) {
        for (const client of gateway.clients) yield `connect ${name(client)} -> ${nodeName}`;
      }
    }
    if (unknownRemotes.length === 0) return;
    yield comment(
      'It is not known here which remotes these have; add lines such as: connect a -> b',
    );
    for (const uuid of unknownRemotes) yield comment(`  ${name(uuid)}`);
  }

  /** Once for each of its gateways, as each chooses nodes by what it knows itself. */
  *#clusters(): Generator<string> {
    for (const { name, gateway, nodes } of this.#ways) {
      if (nodes.length === 0) continue;
      const members = nodes.map(({ node }) => this.#names.of(node)).join(' ');
      yield `cluster ${name} ${this.#names.of(gateway.uuid)} ${members}`;
    }
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

/** A name of a field that is read as nothing else: git-annex has letters, digits and few signs in them. */
const fieldShape = /^[\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}._])?$/u;

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
