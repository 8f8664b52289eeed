/** Globs that cannot match, or not even be read (spec/expressions.md sections 6.3 and 6.4). */
import type { Span, Term } from '../../expression/index.ts';
import type { Glob } from '../../units/index.ts';
import { finding, type Finding } from './lint-codes.ts';

/** What is wrong with the glob of a term, if it has one. */
export function lintGlob(term: Term): readonly Finding[] {
  const glob = globOf(term);
  if (glob === undefined) return [];
  const span = { start: term.span.end - glob.text.length, end: term.span.end };
  const place = span.start < span.end ? span : term.span;
  if (!glob.isCompilable) {
    return [finding('BL111', `${glob.text} has a bracket that cannot be read`, { span: place })];
  }
  const found = glob.flavour === 'metadata' ? undefined : (anchored(glob) ?? unlikePath(glob));
  return found === undefined ? [] : [unmatched(found, place)];
}

function globOf(term: Term): Glob | undefined {
  if (term.name === 'include' || term.name === 'exclude' || term.name === 'url')
    return term.argument;
  if (term.name !== 'metadata' || term.argument.test.kind !== 'matches') return undefined;
  return term.argument.test.glob;
}

interface Unmatched {
  readonly why: string;
  readonly instead: string | undefined;
}

function unmatched({ why, instead }: Unmatched, span: Span): Finding {
  const edit = instead === undefined ? undefined : { span, replacement: instead };
  return finding('BL112', why, { span, edit });
}

/**
 * `'` and `` ` `` are the end and the start of the name, and something stands on their other side.
 */
function anchored({ text }: Glob): Unmatched | undefined {
  if (text.includes('[')) return undefined;
  const needed = /[^*'`<>]/;
  const [, afterEnd = ''] = /'(.*)$/s.exec(text) ?? [];
  const [, beforeStart = ''] = /^(.*)`/s.exec(text) ?? [];
  if (!needed.test(afterEnd) && !needed.test(beforeStart)) return undefined;
  const why = "in a glob ' is the end of the name and ` its start, so this matches nothing";
  return { why, instead: text.replaceAll(/['`]/g, '?') };
}

/** Paths go from the top of the repository, without a `/` first, last or repeated. */
function unlikePath({ text, flavour }: Glob): Unmatched | undefined {
  if (flavour !== 'path') return undefined;
  if (text === '') return { why: 'no file has an empty name', instead: undefined };
  if (/^\.?\//.test(text)) {
    const instead = text.replace(/^(?:\.?\/)+/, '');
    return { why: 'paths start at the top of the repository, without "/" or "./"', instead };
  }
  if (text.endsWith('/'))
    return { why: 'the path of a file does not end in "/"', instead: `${text}*` };
  if (/(?:^|\/)\.{1,2}\//.test(text) && !text.includes('[')) {
    const instead = /(?:^|\/)\.\.\//.test(text) ? undefined : text.replaceAll(/(?<=^|\/)\.\//g, '');
    return { why: 'no path has "." or ".." for a directory', instead };
  }
  if (text.includes('//') && !text.includes('[')) {
    return { why: 'no path has "//" in it', instead: text.replaceAll(/\/+/g, '/') };
  }
  return undefined;
}
