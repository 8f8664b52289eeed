import { jsonForm } from '../reply-form.ts';
import { replies, type Reply, type ReplyField, type ReplyValues } from '../replies.ts';
import { has, mapTable } from '../table.ts';
import type { ProtocolVersion } from '../version.ts';

/** Writes one member of a reply's JSON, or nothing in a version that lacks it. */
type WriteMember = (values: object, version: ProtocolVersion) => string | undefined;

const writers = mapTable(replies, ({ json }) =>
  Object.entries(json).map(([name, member]) =>
    typeof member === 'boolean'
      ? () => `"${name}":${String(member)}`
      : fieldWriter(`"${name}":`, member),
  ),
);

function fieldWriter(prefix: string, name: ReplyField): WriteMember {
  return (values, version) => {
    const text = writeField(name, values, version);
    return text === undefined ? undefined : prefix + text;
  };
}

function writeField(
  name: ReplyField,
  values: object,
  version: ProtocolVersion,
): string | undefined {
  if (!has<ReplyValues, ReplyField>(values, name)) return undefined;
  const form = jsonForm(name);
  if (form.since !== undefined && version < form.since) return undefined;
  return form.write(values[name]);
}

/**
 * The JSON body of a reply, compact. `plusuuids` is always there from version 2 on and never
 * before, since the client requires it (spec/p2p-http.md section 1).
 */
export function encodeReply(reply: Reply, version: ProtocolVersion): string {
  let members = '';
  for (const write of writers[reply.kind]) {
    const member = write(reply, version);
    if (member !== undefined) members += members === '' ? member : `,${member}`;
  }
  return `{${members}}`;
}
