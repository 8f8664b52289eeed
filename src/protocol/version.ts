/** Versions of the P2P protocol that ballast speaks (spec/p2p-line.md section 3). */
export type ProtocolVersion = 0 | 1 | 2 | 3 | 4;

export const protocolVersions: readonly ProtocolVersion[] = [0, 1, 2, 3, 4];

/** From this version on, answers about storing and removing carry `plusuuids`. */
export const plusUuidsSince: ProtocolVersion = 2;
