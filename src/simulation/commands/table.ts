/** The commands of the sim language, a row each: its name, and where all of it is. */
export { init } from './repositories/init.ts';
export { initremote } from './repositories/initremote.ts';
export { inituuid } from './repositories/inituuid.ts';
export { initremoteuuid } from './repositories/initremoteuuid.ts';
export { use } from './repositories/use.ts';
export { connect } from './repositories/connect.ts';
export { disconnect } from './repositories/disconnect.ts';
export { clusternode } from './repositories/clusternode.ts';
export { via } from './repositories/via.ts';
export { cluster } from './repositories/cluster.ts';
export { nodecost } from './repositories/nodecost.ts';
export { unwanted } from './repositories/unwanted.ts';
export { visit } from './repositories/visit.ts';

export { trustlevel } from './settings/trustlevel.ts';
export { group } from './settings/group.ts';
export { ungroup } from './settings/ungroup.ts';
export { maxsize } from './settings/maxsize.ts';
export { numcopies } from './settings/numcopies.ts';
export { mincopies } from './settings/mincopies.ts';
export { rebalance } from './settings/rebalance.ts';
export { seed } from './settings/seed.ts';

export { wanted } from './expressions/wanted.ts';
export { required } from './expressions/required.ts';
export { groupwanted } from './expressions/groupwanted.ts';
export { randomwanted } from './expressions/randomwanted.ts';
export { randomrequired } from './expressions/randomrequired.ts';
export { randomgroupwanted } from './expressions/randomgroupwanted.ts';

export { add } from './files/add.ts';
export { addmulti } from './files/addmulti.ts';
export { addkey } from './files/addkey.ts';
export { addtree } from './files/addtree.ts';
export { remove } from './files/remove.ts';
export { rename } from './files/rename.ts';
export { copyto } from './files/copyto.ts';
export { repair } from './files/repair.ts';
export { metadata } from './files/metadata.ts';
export { present } from './files/present.ts';
export { notpresent } from './files/notpresent.ts';

export { action } from './steps/action.ts';
export { step } from './steps/step.ts';
export { stepstable } from './steps/stepstable.ts';

export { disk } from './conditions/disk.ts';
export { speed } from './conditions/speed.ts';
export { down } from './conditions/down.ts';
export { up } from './conditions/up.ts';
export { lose } from './conditions/lose.ts';
export { outages } from './conditions/outages.ts';
export { endoutages } from './conditions/endoutages.ts';
export { partition } from './conditions/partition.ts';
export { heal } from './conditions/heal.ts';

export { wait } from './time/wait.ts';
export { waitstable } from './time/waitstable.ts';
export { syncevery } from './time/syncevery.ts';
export { arrivals } from './time/arrivals.ts';
export { endarrivals } from './time/endarrivals.ts';
