/** Repositories, their names and all that is configured. */
import * as v from 'valibot';
import { trustLevels } from '../../expression/index.ts';
import {
  anyText,
  bytes,
  fit,
  listOf,
  objectOf,
  oneOf,
  orNull,
  rowOf,
  tableOf,
  truth,
  uuid,
  wholeNumber,
} from '../../shapes/index.ts';
import type { SavedPart } from './part.ts';

const repository = objectOf(
  {
    uuid,
    name: anyText,
    isSpecialRemote: truth,
    remotes: listOf(anyText),
    trust: oneOf(trustLevels),
    groups: listOf(anyText),
    wanted: orNull(anyText),
    required: orNull(anyText),
    maxsize: orNull(bytes),
  },
  'a repository',
);

/** Of a saved state: repositories, their names and all that is configured. */
export const networkPart: SavedPart = {
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
    clusters: Object.fromEntries(
      [...network.clusters].map(([name, { costs, ...own }]) => [
        name,
        { ...own, costs: [...costs] },
      ]),
    ),
    groupwanted: Object.fromEntries(network.groupwanted),
    numcopies: network.numcopies,
    mincopies: network.mincopies,
    rebalance: network.rebalance,
  }),

  read: (whole, numbers) => {
    const cluster = objectOf(
      {
        uuid,
        gateway: numbers.repository,
        nodes: listOf(numbers.repository),
        // There are states of before these could be said.
        costs: v.optional(listOf(rowOf([numbers.repository, wholeNumber])), []),
        refusesUnwanted: v.optional(truth, false),
      },
      'a cluster',
    );
    const shape = objectOf({
      repositories: listOf(repository),
      names: tableOf(anyText, numbers.repository),
      nodes: tableOf(anyText, numbers.repository),
      // There are states of before there were clusters.
      clusters: v.optional(tableOf(anyText, cluster)),
      groupwanted: tableOf(anyText, anyText),
      numcopies: wholeNumber,
      mincopies: wholeNumber,
      rebalance: truth,
    });
    const saved = fit(shape, whole);
    const { repositories, names, nodes, clusters, groupwanted, ...settings } = saved;
    return ({ network, views }) => {
      for (const { uuid, name, remotes, maxsize, ...own } of repositories) {
        views.add();
        const number = network.add(name, uuid, { ...own, maxsizeBytes: maxsize });
        for (const remote of remotes) network.addRemote(number, remote);
      }
      network.setNames(names);
      for (const [name, number] of nodes) network.setNode(name, number);
      for (const [name, { costs, ...own }] of clusters ?? []) {
        network.setCluster(name, { ...own, costs: new Map(costs) });
      }
      for (const [group, expression] of groupwanted) network.setGroupwanted(group, expression);
      network.configureAll(settings);
    };
  },
};
