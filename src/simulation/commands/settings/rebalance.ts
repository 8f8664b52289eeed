import { misread } from '../../language/misread.ts';
import { done } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `rebalance` say. */
export interface Rebalance {
  readonly isOn: boolean;
}

/** `rebalance on|off`: as the option `--rebalance` of git-annex, for all of the network. */
export const rebalance: CommandRow<Rebalance> = {
  fields: {
    isOn: {
      kind: 'word',
      usage: 'on|off',
      read: (word) => readSwitch(word.text) ?? misread(word, 'rebalance value', 'on or off'),
      print: (isOn) => (isOn ? 'on' : 'off'),
    },
  },
  does({ isOn }, { network }) {
    network.configureAll({ rebalance: isOn });
    return done;
  },
};

/** A true or false word of git config (spec/sim.md section 4.1). */
function readSwitch(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (['true', 'yes', 'on', '1'].includes(word)) return true;
  return ['false', 'no', 'off', '0'].includes(word) ? false : undefined;
}
