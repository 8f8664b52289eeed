import { percentDecode } from './percent.ts';

/** The parts of a request target: decoded path segments, and query values in their order. */
export interface Target {
  readonly segments: readonly string[];
  readonly query: readonly (readonly [name: string, value: string])[];
}

/**
 * Splits a request target as the reference server does (spec/p2p-http.md section 1, "Parameters"):
 * segments and query percent-decoded, invalid UTF-8 replaced, one trailing slash ignored, `;`
 * separating like `&`, `+` a blank, and a name without `=` not given at all.
 */
export function splitTarget(target: string): Target {
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const [, ...segments] = path.split('/');
  if (path.includes('%')) {
    for (const [index, segment] of segments.entries()) segments[index] = percentDecode(segment);
  }
  if (segments.length > 1 && segments.at(-1) === '') segments.pop();
  return { segments, query: mark === -1 ? [] : splitQuery(target.slice(mark + 1)) };
}

function splitQuery(query: string): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (const item of (query.includes(';') ? query.replaceAll(';', '&') : query).split('&')) {
    const equals = item.indexOf('=');
    if (equals !== -1) pairs.push([decode(item.slice(0, equals)), decode(item.slice(equals + 1))]);
  }
  return pairs;
}

function decode(text: string): string {
  return percentDecode(text.includes('+') ? text.replaceAll('+', ' ') : text);
}
