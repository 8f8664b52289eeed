/** What becomes of a Range header: a part, or that there is none such, or that it is ignored. */
export type RangeOutcome = Uint8Array | 'unsatisfiable' | 'ignored';

/** RFC 9110 section 14, for one range, by what `subarray` takes for a part. */
export function rangeOf(content: Uint8Array, header: string): RangeOutcome {
  const text = header.replace(/[ \t]/g, '').toLowerCase().replace(/,+$/, '');
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(text) ?? [];
  if (first === undefined || last === undefined || first + last === '') return 'ignored';
  if (first !== '' && last !== '' && Number(last) < Number(first)) return 'ignored';
  if (content.length === 0) return 'ignored';
  if (first === '' && Number(last) === 0) return 'unsatisfiable';
  const from = first === '' ? -Number(last) : Number(first);
  const until = first === '' || last === '' ? content.length : Number(last) + 1;
  const part = content.subarray(from, until);
  return part.length === 0 ? 'unsatisfiable' : part;
}
