/** Versions of the P2P protocol that ballast speaks (spec/p2p-line.md section 3). */
export type ProtocolVersion = 0 | 1 | 2 | 3 | 4;

/** The versions of the protocol that are spoken here, the oldest first. */
export const protocolVersions: readonly ProtocolVersion[] = [0, 1, 2, 3, 4];

/** The version that ballast asks for, and the highest that it answers with. */
export const newestVersion: ProtocolVersion = 4;

/** What a version can have, and an earlier one has not. */
export type Feature = 'validity' | 'putOffset' | 'plusUuids' | 'timestamps' | 'dataPresent';

/** The first version with each feature (spec/p2p-line.md section 3, spec/p2p-http.md section 1). */
export const featureSince: Readonly<Record<Feature, ProtocolVersion>> = {
  /** VALID or INVALID after the data of a line session. */
  validity: 1,
  /** `putoffset` over HTTP; on a line, PUT always asks for the offset. */
  putOffset: 1,
  /** UUIDs of further repositories in replies, and BYPASS on a line. */
  plusUuids: 2,
  /**
   * GETTIMESTAMP and REMOVE-BEFORE, officially: the reference server knows them always on a line.
   */
  timestamps: 3,
  /** A put of content that came another way. */
  dataPresent: 4,
};

/** Whether a version has a feature. */
export function hasFeature(version: ProtocolVersion, feature: Feature): boolean {
  return version >= featureSince[feature];
}

/**
 * The version that a line session goes on with when the peer asks for one: the lower of that and
 * ours (spec/p2p-line.md section 3). A number below 0 counts as 0.
 */
export function negotiateVersion(asked: number): ProtocolVersion {
  return protocolVersions.findLast((version) => version <= asked) ?? 0;
}
