/** What the demo is made of; its names are what people type. */
export const demoNames = {
  /** The path that git clones from. */
  repository: 'demo',
  gatewayDirectory: 'gateway.git',
  nodes: ['node1', 'node2', 'node3'],
  group: 'nodes',
  cluster: 'cluster',
  /** Each object goes to two of the three nodes. */
  groupwanted: 'balanced=nodes:2',
  /** Room of each node, bytes. */
  maxsizeBytes: 20_000_000_000n,
  numcopies: 1,
} as const;

/** Where a demo keeps a node, beside its gateway. */
export function nodeDirectory(node: string): string {
  return `${node}.git`;
}

/** The git config variable by which a demo is told from other people's repositories. */
export const demoMark = 'ballast.demo';
