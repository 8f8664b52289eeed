/** A node that could not be asked, so that nothing is known of what it has. */
export class NodeUnavailableError extends Error {
  readonly code = 'NODE_UNAVAILABLE';
  readonly node: string;

  constructor(node: string, why: string, options?: ErrorOptions) {
    super(`node ${node} is not available: ${why}`, options);
    this.node = node;
  }
}
