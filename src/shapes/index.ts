/**
 * JSON of unknown make: the shapes that it should have, made of valibot's, and one sentence about where it has
 * another. All JSON that comes from files and peers is read by these.
 */
export { fit } from './fit.ts';
export { readJson, readJsonInParts } from './read-json.ts';
export {
  anyText,
  between,
  bytes,
  isObject,
  listOf,
  madeBy,
  objectOf,
  oneOf,
  orNull,
  orUnread,
  rowOf,
  tableOf,
  truth,
  uuid,
  wholeNumber,
  wholeNumbers,
  type Shape,
} from './shape.ts';
