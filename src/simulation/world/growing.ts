/** Typed arrays that get longer: what is beyond the end counts as 0. */
const lengthLeast = 16;

/** Numbers of 32 bits that can be replaced by a longer array. */
export type Ints = Int32Array<ArrayBuffer>;
type Doubles = Float64Array<ArrayBuffer>;

/** An array of at least so many 32-bit numbers that begins as the one given, which is given back when it is long enough. */
export function longerInts(array: Ints, length: number): Ints {
  if (length <= array.length) return array;
  const longer = new Int32Array(lengthFor(array.length, length));
  longer.set(array);
  return longer;
}

/** An array of at least so many bytes that begins as the one given, which is given back when it is long enough. */
export function longerBytes(
  array: Uint8Array<ArrayBuffer>,
  length: number,
): Uint8Array<ArrayBuffer> {
  if (length <= array.length) return array;
  const longer = new Uint8Array(lengthFor(array.length, length));
  longer.set(array);
  return longer;
}

/** An array of at least so many doubles that begins as the one given, which is given back when it is long enough. */
export function longerDoubles(array: Doubles, length: number): Doubles {
  if (length <= array.length) return array;
  const longer = new Float64Array(lengthFor(array.length, length));
  longer.set(array);
  return longer;
}

/** Half as much again, so that growing one by one copies each entry a few times only. */
function lengthFor(before: number, wanted: number): number {
  return Math.max(lengthLeast, wanted, Math.ceil(before * 1.5));
}
