import { dialectDefault, formatProblem, parseExpression } from '../../expression/index.ts';
import { noSettings, type Configuration, type RepositorySettings } from '../../placement/index.ts';
import type { SimulationCommand } from '../../simulation/index.ts';
import type { Read, Uuid } from '../../units/index.ts';

/** The commands of the sim language that edit a configuration. */
const editNames = [
  'wanted',
  'required',
  'groupwanted',
  'group',
  'ungroup',
  'maxsize',
  'numcopies',
  'mincopies',
  'trustlevel',
  'rebalance',
] as const;

/**
 * A configuration as it would be after a command of the sim language; or why it cannot be, as a sentence, with the
 * place below it where something is wrong with an expression.
 *
 * @param find the repository that a name stands for.
 */
export function edited(
  configuration: Configuration,
  command: SimulationCommand,
  find: (name: string) => Uuid | undefined,
): Read<Configuration> {
  const { dialect = dialectDefault } = configuration;
  const change = (
    name: string,
    edit: (settings: RepositorySettings) => Partial<RepositorySettings>,
  ): Read<Configuration> => {
    const uuid = find(name);
    if (uuid === undefined) return problem(`there is no repository ${name}.`);
    const settings = configuration.repositories.get(uuid) ?? noSettings;
    const repositories = new Map(configuration.repositories);
    repositories.set(uuid, { ...settings, ...edit(settings) });
    return value({ ...configuration, repositories });
  };
  const badExpression = (text: string): string | undefined => {
    const parsed = parseExpression(text, dialect);
    if (parsed.kind === 'expression') return undefined;
    return ['that is no expression.', ...parsed.problems.map(formatProblem)].join('\n');
  };
  switch (command.kind) {
    case 'blank':
    case 'comment':
      return value(configuration);
    case 'wanted':
    case 'required': {
      const bad = badExpression(command.expression);
      if (bad !== undefined) return problem(bad);
      const { kind, expression } = command;
      return change(command.target, () => ({ [kind]: expression === '' ? undefined : expression }));
    }
    case 'groupwanted': {
      const bad = badExpression(command.expression);
      if (bad !== undefined) return problem(bad);
      const groupwanted = new Map(configuration.groupwanted);
      return value({
        ...configuration,
        groupwanted: groupwanted.set(command.target, command.expression),
      });
    }
    case 'group':
      return change(command.repository, ({ groups }) => ({
        groups: [...new Set([...groups, command.group])],
      }));
    case 'ungroup':
      return change(command.repository, ({ groups }) => ({
        groups: groups.filter((group) => group !== command.group),
      }));
    case 'maxsize':
      return change(command.repository, () => ({ maxsizeBytes: command.sizeBytes }));
    case 'trustlevel':
      return change(command.repository, () => ({ trust: command.level }));
    case 'numcopies':
      return value({ ...configuration, numcopies: Math.max(1, Number(command.count)) });
    case 'mincopies':
      return value({ ...configuration, mincopies: Math.max(1, Number(command.count)) });
    case 'rebalance':
      return value({ ...configuration, rebalance: command.isOn });
    default:
      return problem(`${command.kind} changes no setting; take one of ${editNames.join(', ')}.`);
  }
}

function value(configuration: Configuration): Read<Configuration> {
  return { kind: 'value', value: configuration };
}

function problem(message: string): Read<Configuration> {
  return { kind: 'problem', message };
}
