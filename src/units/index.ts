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
