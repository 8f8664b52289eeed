import { spineOf, type Expression, type Term } from '../expression/index.ts';

/** Most different terms that are looked at: every combination of their values is tried. */
const atomsMax = 10;

/**
 * Whether an expression has one value whatever its terms have; `undefined` when it has both, or has too
 * many different terms to tell. Sound: terms known to be related are never given values that they
 * cannot have together; relations that are not known leave a constant unnoticed at worst.
 */
export function alwaysOrNever(tree: Expression): 'always' | 'never' | undefined {
  const found = new Map<string, Atom>();
  gather(tree, found);
  const atoms = [...found.values()];
  if (atoms.length > atomsMax) return undefined;
  const seen = new Set<boolean>();
  for (let bits = 0; bits < 2 ** atoms.length && seen.size < 2; bits += 1) {
    const values = new Map(atoms.map(({ name }, index) => [name, ((bits >> index) & 1) === 1]));
    if (isPossible(atoms, values)) seen.add(valueOf(tree, values));
  }
  if (seen.size !== 1) return undefined;
  return seen.has(true) ? 'always' : 'never';
}

/** Something that is true or false. A scale is true up to some number, and false beyond it. */
interface Atom {
  readonly name: string;
  readonly scale?: string;
  readonly number?: bigint;
}

function isPossible(atoms: readonly Atom[], values: ReadonlyMap<string, boolean>): boolean {
  return atoms.every((high) =>
    atoms.every(
      (low) =>
        low.scale === undefined ||
        low.scale !== high.scale ||
        (low.number ?? 0n) >= (high.number ?? 0n) ||
        values.get(low.name) === true ||
        values.get(high.name) === false,
    ),
  );
}

function gather(tree: Expression, found: Map<string, Atom>): void {
  const { first, joined } = spineOf(tree);
  if (first.kind === 'not') gather(first.operand, found);
  if (first.kind === 'term') {
    const meant = meantBy(first);
    if (typeof meant !== 'boolean') found.set(meant.atom.name, meant.atom);
  }
  for (const { right } of joined) gather(right, found);
}

function valueOf(tree: Expression, values: ReadonlyMap<string, boolean>): boolean {
  const { first, joined } = spineOf(tree);
  let value = true;
  if (first.kind === 'not') value = !valueOf(first.operand, values);
  if (first.kind === 'term') {
    const meant = meantBy(first);
    value =
      typeof meant === 'boolean' ? meant : (values.get(meant.atom.name) ?? false) !== meant.isNot;
  }
  for (const { kind, right } of joined) {
    if (value === (kind === 'and')) value = valueOf(right, values);
  }
  return value;
}

/** A constant, or an atom, negated or not. */
function meantBy(term: Term): boolean | { readonly atom: Atom; readonly isNot: boolean } {
  const plain = { atom: { name: term.text }, isNot: false };
  switch (term.name) {
    case 'anything':
      return true;
    case 'nothing':
      return false;
    case 'include':
    case 'exclude':
      // An uncompilable glob has no value; it is a finding of its own.
      if (!term.argument.isCompilable) return plain;
      return { atom: { name: `include=${term.argument.text}` }, isNot: term.name === 'exclude' };
    case 'copies':
      if (term.argument.number <= 0n) return true;
      return { atom: counted('copies', term.argument), isNot: false };
    case 'lackingcopies':
    case 'approxlackingcopies':
      return { atom: counted(term.name, term.argument), isNot: false };
    case 'largerthan':
      return { atom: scaled('size', term.argument), isNot: false };
    default:
      return plain;
  }
}

function counted(name: string, { of, number }: { of: unknown; number: bigint }): Atom {
  return scaled(`${name} ${JSON.stringify(of)}`, number);
}

function scaled(scale: string, number: bigint): Atom {
  return { name: `${scale} ${number}`, scale, number };
}
