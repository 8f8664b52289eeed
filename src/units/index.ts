/** Words everybody uses: text that carries any bytes and its orders, UUIDs, numbers, globs. */
export { decodeText, encodeText, hasUndecodableBytes } from './text.ts';
export {
  isClusterUuid,
  isUuid,
  parseUuid,
  uuidFromBytes,
  uuidLengthMax,
  type Uuid,
} from './uuid.ts';
export { BallastError, type BallastErrorOptions } from './ballast-error.ts';
export { asError, errorCode, isErrorCode } from './error-code.ts';
export { compileGlob, type Glob, type GlobFlavour } from './glob.ts';
export {
  doubleOf,
  parseFraction,
  parseWholeNumber,
  readLeadingNumber,
  type LargeNumbers,
} from './number.ts';
export { compareBytes, compareCodePoints, needsBytes } from './order.ts';
export { plain, shown } from './plain.ts';
export { type Read } from './read.ts';
export { parseSize } from './size.ts';
export { isWhiteSpace } from './white-space.ts';
