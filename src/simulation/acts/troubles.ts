/** What can be wrong with a command when it is run, in git-annex's words (spec/sim.md section 4.3). */
import type { Problem } from '../../expression/index.ts';
import type { SimulationTrouble } from '../language/problem.ts';
import { quotedText } from '../language/words.ts';
import type { Network } from '../world/network.ts';

/** How much of a list of names is shown, in characters. */
const shownLengthMax = 300;

function beginning(names: string): string {
  return names.length <= shownLengthMax ? names : `${names.slice(0, shownLengthMax)}…`;
}

/** Trouble, and the word of the command that it is about. */
export interface Trouble extends SimulationTrouble {
  readonly word: string;
}

/** A command names a repository that the simulation lacks. */
export function unknownRepository(name: string, network: Network): Trouble {
  const names = network.sortedNames().join(' ');
  return {
    word: name,
    code: 'BS201',
    message: `no repository is called ${quotedText(name)}`,
    expected: names === '' ? 'a repository that was begun with init' : `one of ${beginning(names)}`,
    gitAnnexError: `No repository in the simulation is named "${name}". Choose from: ${names}`,
  };
}

/** A name is given to a second repository, cluster or cluster node. */
export function nameTaken(name: string, network: Network): Trouble {
  const other = network.clusters.has(name) ? 'cluster' : 'cluster node';
  const what = network.names.has(name) ? 'repository' : other;
  return {
    word: name,
    code: 'BS202',
    message: `a ${what} is called ${quotedText(name)} already`,
    expected: 'a name that is not taken',
    gitAnnexError: `There is already a ${what} in the simulation named "${name}".`,
  };
}

/** Of a command that git-annex lacks, so that it has no text for it. */
export function uuidTaken(uuid: string, name: string): Trouble {
  const message = `the repository ${quotedText(name)} has the UUID ${quotedText(uuid)} already`;
  return {
    word: uuid,
    code: 'BS202',
    message,
    expected: 'another UUID for each repository',
    gitAnnexError: message,
  };
}

/** A special remote is to have a remote. */
export function specialRemoteConnects(name: string, remote: string): Trouble {
  return {
    word: name,
    code: 'BS203',
    message: `${name} is a special remote, which has no remotes`,
    expected: 'a repository that was begun with init',
    gitAnnexError: `${name} is a special remote, and cannot connect to ${remote}`,
  };
}

/** A special remote is to do something by itself. */
export function specialRemoteActs(name: string): Trouble {
  return {
    word: name,
    code: 'BS203',
    message: `${name} is a special remote, which does nothing by itself`,
    expected: 'a repository that was begun with init',
    gitAnnexError: `${name} is a special remote, so git-annex cannot run on it.`,
  };
}

/** An action names a remote that its repository lacks; `remotes` are those that it has. */
export function noRemote(repository: string, remote: string, remotes: Iterable<string>): Trouble {
  const names = [...remotes].join(', ');
  return {
    word: remote,
    code: 'BS204',
    message: `${repository} has no remote ${quotedText(remote)}`,
    expected: names === '' ? 'a remote, but it has none' : `one of ${beginning(names)}`,
    gitAnnexError: `Repository ${repository} does not have a remote "${remote}".`,
  };
}

/** A cluster node is to be pulled from, or pushed to. */
export function notPulled(repository: string, remote: string): Trouble {
  return {
    word: remote,
    code: 'BS208',
    message: 'a cluster node is not pulled from or pushed to',
    expected: 'the names of two repositories',
    gitAnnexError: `Unable to find ${repository} or ${remote} in simRepos`,
  };
}

/** An expression does not parse; `failure` is what git-annex says of it. */
export function badExpression(
  expression: string,
  [problem]: readonly Problem[],
  failure: string,
): Trouble {
  return {
    word: expression.split(' ').find((word) => word !== '') ?? '',
    code: 'BS205',
    message: problem?.message ?? 'the expression does not parse',
    expected: problem?.expected ?? 'an expression',
    gitAnnexError: `Failed parsing "${expression}": ${failure}`,
  };
}

/** Metadata is to be set of a file that nobody added. */
export function unknownFile(file: string): Trouble {
  return {
    word: file,
    code: 'BS206',
    message: `the simulation has no file ${quotedText(file)}`,
    expected: 'a file that was added',
    gitAnnexError: `Cannot set metadata of unknown file ${file}`,
  };
}

/** A file is renamed to one that there is. */
export function fileTaken(file: string): Trouble {
  const message = `there is a file ${quotedText(file)} already`;
  return ours({ word: file, code: 'BS209', message, expected: 'a name that no file has' });
}

/** A content is to be where it does not fit; `freeText` is the room that there is, as a size. */
export function diskFull(name: string, freeText: string): Trouble {
  const message = `the disk of ${name} is too full`;
  return ours({ word: name, code: 'BS210', message, expected: `no more than ${freeText}` });
}

/** What is to be a cluster node is none. */
export function notNode(name: string): Trouble {
  const message = `${quotedText(name)} is no cluster node`;
  const expected = 'a name that was given by clusternode';
  return ours({ word: name, code: 'BS211', message, expected });
}

/** Contents are to be sent to a cluster that there is not. */
export function notCluster(name: string): Trouble {
  const message = `no cluster is called ${quotedText(name)}`;
  return ours({ word: name, code: 'BS214', message, expected: 'a name that was given by cluster' });
}

/** Something is said of a node of a cluster that is none of its nodes. */
export function notItsNode(name: string, cluster: string): Trouble {
  const message = `${quotedText(name)} is no node of ${quotedText(cluster)}`;
  return ours({ word: name, code: 'BS215', message, expected: 'a node that was given by cluster' });
}

/** Outages or arrivals are to end where none were begun; `what` says which. */
export function notThere(name: string, what: string): Trouble {
  const message = `${quotedText(name)} has no ${what}`;
  const expected = `a name for which ${what} were begun`;
  return ours({ word: name, code: 'BS212', message, expected });
}

/** A partition has a repository on both of its sides. */
export function standsTwice(name: string): Trouble {
  const message = `${quotedText(name)} stands on both sides`;
  return ours({ word: name, code: 'BS213', message, expected: 'another repository' });
}

/** Time is to pass beyond what a clock can count; `latest` is its last moment. */
export function tooLate(duration: string, latest: string): Trouble {
  const message = `${duration} from now is beyond the end of time`;
  return ours({ word: duration, code: 'BS106', message, expected: `a clock below ${latest}` });
}

/** Trouble that git-annex cannot have. */
function ours(trouble: Omit<Trouble, 'gitAnnexError'>): Trouble {
  return { ...trouble, gitAnnexError: trouble.message };
}

/** No real repository can be taken into the simulation by that name, for this reason. */
export function notUsable(name: string, reason: string): Trouble {
  return {
    word: name,
    code: 'BS207',
    message: reason,
    expected: 'here, the name of a remote, a description or a UUID',
    gitAnnexError: `Unable to use a repository "${name}" in the simulation because ${reason}`,
  };
}
