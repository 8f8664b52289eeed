const lenientDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

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
  const segments = path.split('/').slice(1).map(percentDecode);
  if (segments.length > 1 && segments.at(-1) === '') segments.pop();
  return { segments, query: mark === -1 ? [] : splitQuery(target.slice(mark + 1)) };
}

function splitQuery(query: string): (readonly [string, string])[] {
  return query
    .split(/[&;]/)
    .filter((item) => item.includes('='))
    .map((item) => {
      const equals = item.indexOf('=');
      const decode = (text: string): string => percentDecode(text.replaceAll('+', ' '));
      return [decode(item.slice(0, equals)), decode(item.slice(equals + 1))];
    });
}

function percentDecode(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (escapes) => {
    const bytes = escapes
      .split('%')
      .slice(1)
      .map((hex) => Number.parseInt(hex, 16));
    return lenientDecoder.decode(Uint8Array.from(bytes));
  });
}
