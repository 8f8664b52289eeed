/** Bytes on their way: streams with backpressure, and one source written to many sinks. */
export { streamOf, withoutFirst, type ByteStream } from './byte-stream.ts';
export { tee, type Sink } from './tee.ts';
