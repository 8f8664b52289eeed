/** A table with the same names and another value each. */
export function mapTable<Table extends object, Value>(
  table: Table,
  valueOf: (row: Table[keyof Table], name: keyof Table) => Value,
): Record<keyof Table, Value> {
  const mapped: Partial<Record<keyof Table, Value>> = {};
  for (const name in table) mapped[name] = valueOf(table[name], name);
  if (!isWhole(mapped, table)) throw new RangeError('a row is missing');
  return mapped;
}

function isWhole<Table extends object, Value>(
  mapped: Partial<Record<keyof Table, Value>>,
  table: Table,
): mapped is Record<keyof Table, Value> {
  return Object.keys(table).every((name) => name in mapped);
}

/** Whether a record in the making has a value; `undefined` can be one. */
export function has<Values, Name extends keyof Values>(
  draft: object,
  name: Name,
): draft is Pick<Values, Name> {
  return name in draft;
}

/** Sets a value. */
export function setValue<Values, Name extends keyof Values>(
  target: { -readonly [Each in keyof Values]?: Values[Each] },
  name: Name,
  value: Values[Name],
): void {
  target[name] = value;
}

/** Copies a value, if the source has it. */
export function copyValue<Values>(
  source: object,
  target: { -readonly [Each in keyof Values]?: Values[Each] },
  name: keyof Values,
): void {
  if (has<Values, keyof Values>(source, name))
    setValue<Values, keyof Values>(target, name, source[name]);
}
