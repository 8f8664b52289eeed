/** Repositories, their names and all that is configured. */
import * as v from 'valibot';
import { trustLevels } from '../../expression/index.ts';
import { isUuid } from '../../units/index.ts';
import type { Part } from './part.ts';
import {
  bytes,
  listOf,
  madeBy,
  oneOf,
  orNull,
  read,
  tableOf,
  text,
  truth,
  wholeNumber,
} from './shapes.ts';

const repository = v.object(
  {
    uuid: madeBy(text, (saved) => (isUuid(saved) ? saved : undefined), 'a UUID'),
    name: text,
    isSpecialRemote: truth,
    remotes: listOf(text),
    trust: oneOf(trustLevels),
    groups: listOf(text),
    wanted: orNull(text),
    required: orNull(text),
    maxsize: orNull(bytes),
  },
  'a repository',
);

export const networkPart: Part = {
  save: ({ network }) => ({
    repositories: network.repositories.map(
      ({
        uuid,
        name,
        isSpecialRemote,
        remotes,
        trust,
        groups,
        wanted,
        required,
        maxsizeBytes,
      }) => ({
        uuid,
        name,
        isSpecialRemote,
        remotes: [...remotes],
        trust,
        groups: [...groups],
        wanted: wanted ?? null,
        required: required ?? null,
        maxsize: maxsizeBytes === undefined ? null : String(maxsizeBytes),
      }),
    ),
    names: Object.fromEntries(network.names),
    nodes: Object.fromEntries(network.nodes),
    groupwanted: Object.fromEntries(network.groupwanted),
    numcopies: network.numcopies,
    mincopies: network.mincopies,
    rebalance: network.rebalance,
  }),

  read: (whole, numbers) => {
    const shape = v.object({
      repositories: listOf(repository),
      names: tableOf(numbers.repository),
      nodes: tableOf(numbers.repository),
      groupwanted: tableOf(text),
      numcopies: wholeNumber,
      mincopies: wholeNumber,
      rebalance: truth,
    });
    const { repositories, names, nodes, groupwanted, ...settings } = read(shape, whole);
    return ({ network, views }) => {
      for (const { uuid, name, remotes, maxsize, ...own } of repositories) {
        views.add();
        const number = network.add(name, uuid, { ...own, maxsizeBytes: maxsize });
        for (const remote of remotes) network.addRemote(number, remote);
      }
      network.setNames(names);
      for (const [name, number] of nodes) network.setNode(name, number);
      for (const [group, expression] of groupwanted) network.setGroupwanted(group, expression);
      network.configureAll(settings);
    };
  },
};
