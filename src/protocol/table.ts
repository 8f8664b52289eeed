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
