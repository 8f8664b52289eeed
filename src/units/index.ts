/** Words everybody uses: text that carries any bytes, UUIDs. */
export { decodeText, encodeText, hasUndecodableBytes } from './text.ts';
export {
  isClusterUuid,
  isUuid,
  parseUuid,
  uuidFromBytes,
  uuidLengthMax,
  type Uuid,
} from './uuid.ts';
export { errorCode, isErrorCode } from './error-code.ts';
export { compileGlob, type Glob, type GlobFlavour } from './glob.ts';
export {
  doubleOf,
  parseFraction,
  parseWholeNumber,
  readLeadingNumber,
  type LargeNumbers,
} from './number.ts';
export { parseSize } from './size.ts';
export { isWhiteSpace } from './white-space.ts';
