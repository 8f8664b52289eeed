import { findingWords, type CopyFinding } from '../../gateway/index.ts';
import { serializeKey, type Key } from '../../key/index.ts';
import type { StorageNode } from '../../nodes/index.ts';
import { asError, plain } from '../../units/index.ts';
import { ProgressLine } from '../words/progress.ts';

/** What was found at one node. */
interface Counts {
  copies: number;
  bytes: number;
  damaged: number;
  gone: number;
  restored: number;
  unread: number;
  noted: number;
}

/** Tells people, or programs, what a check of contents finds. */
export class FsckReport {
  /** Whether something was damaged or gone. */
  isDamaged = false;
  /** Whether something could not be checked. */
  isUnknown = false;
  readonly #isJson: boolean;
  readonly #progress = new ProgressLine({ mixes: true });
  #counts: Counts = noCounts();

  constructor(isJson: boolean) {
    this.#isJson = isJson;
  }

  /** A node's walk begins. */
  begin(node: StorageNode): void {
    this.#counts = noCounts();
    this.#progress.show(() => `${node.name}: reading what it has`);
  }

  /** Takes what was found of each copy. */
  readonly told = (node: StorageNode, key: Key, finding: CopyFinding): void => {
    const counts = this.#counts;
    if (finding.kind !== 'nothing' && finding.kind !== 'away') counts.copies += 1;
    if ('bytes' in finding) counts.bytes += finding.bytes;
    if (finding.kind === 'noted') counts.noted += 1;
    if (finding.kind === 'unread') counts.unread += 1;
    if (finding.kind === 'damaged' || finding.kind === 'gone') {
      counts[finding.kind] += 1;
      if (finding.restored?.kind === 'restored') counts.restored += 1;
      this.isDamaged = true;
    }
    if (finding.kind === 'unread') this.isUnknown = true;
    this.#tell(node, key, finding);
    this.#progress.show(() => `${node.name}: ${counts.copies} copies, ${sizeOf(counts.bytes)}`);
  };

  /** A node's walk has ended. */
  ended(node: StorageNode, end: { readonly kind: string; readonly why?: string }): void {
    this.#progress.clear();
    const isAway = end.kind === 'away';
    if (isAway) this.isUnknown = true;
    const { copies, bytes, damaged, gone, restored, unread, noted } = this.#counts;
    if (this.#isJson) {
      console.log(JSON.stringify({ node: node.name, uuid: node.uuid, ...this.#counts, isAway }));
      return;
    }
    const found = [
      [damaged, 'damaged'],
      [gone, 'gone'],
      [restored, 'restored'],
      [unread, 'not checked'],
      [noted, 'noted that no log had'],
    ] as const;
    const parts = found.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
    const sum = parts.length === 0 ? 'all is well' : parts.join(', ');
    const left = isAway ? `; it does not answer, so the rest is not checked: ${end.why}` : '';
    console.log(plain(`${node.name}: ${copies} copies, ${sizeOf(bytes)}: ${sum}${left}`));
  }

  /** Tells of what is no finding. */
  warn(message: string, error: unknown): void {
    this.#progress.clear();
    const why = error === undefined ? '' : `: ${asError(error).message}`;
    console.error(plain(`ballast: ${message}${why}`));
  }

  /** Nothing is told any more. */
  end(): void {
    this.#progress.clear();
  }

  #tell(node: StorageNode, key: Key, finding: CopyFinding): void {
    const words = findingWords(node.name, key, finding);
    if (words === undefined) return;
    this.#progress.clear();
    if (this.#isJson) console.log(JSON.stringify(rowOf(node, key, finding)));
    else console.log(plain(words));
  }
}

function rowOf(node: StorageNode, key: Key, finding: CopyFinding): object {
  const isBad = finding.kind === 'damaged' || finding.kind === 'gone';
  return {
    node: node.name,
    uuid: node.uuid,
    key: serializeKey(key),
    found: finding.kind,
    ...(finding.kind === 'damaged' && {
      quarantine: finding.quarantined?.outcome ?? 'none',
      where: finding.quarantined?.where,
    }),
    ...(isBad && { restored: finding.restored }),
    ...(finding.kind === 'unread' && { why: finding.why }),
  };
}

function noCounts(): Counts {
  return { copies: 0, bytes: 0, damaged: 0, gone: 0, restored: 0, unread: 0, noted: 0 };
}

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

function sizeOf(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}
