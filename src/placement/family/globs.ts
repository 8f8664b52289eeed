/** Globs in terms: those that cannot be read, and those that cannot match (spec/expressions.md sections 6.3 and 6.4). */
import type { Span } from '../../expression/index.ts';
import type { Glob } from '../../units/index.ts';
import type { Operand } from '../world/question.ts';
import { finding, type Finding } from './finding.ts';

/**
 * What a term with a glob means that cannot be compiled. The real program hangs here, so no answer is
 * compatible; the whole question is then answered as if the expression did not parse: what is present
 * stays (spec/expressions.md section 9).
 */
export const undecidable: Operand = (question) => {
  question.isUndecidable = true;
  return false;
};

/** What is wrong with the glob at the end of a term. */
export function lintGlob(glob: Glob, term: { readonly span: Span }): readonly Finding[] {
  const span = { start: term.span.end - glob.text.length, end: term.span.end };
  const place = span.start < span.end ? span : term.span;
  if (!glob.isCompilable) {
    return [finding('BL111', `${glob.text} has a bracket that cannot be read`, { span: place })];
  }
  const found = glob.flavour === 'metadata' ? undefined : (anchored(glob) ?? unlikePath(glob));
  return found === undefined ? [] : [unmatched(found, place)];
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
