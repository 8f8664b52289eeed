/** What is told of contents that are not what their keys say. */
export { tellWrongSizes } from './wrong-sizes.ts';
