/** Carries out what was planned for a claim. */
import { isAlreadyExists } from '../../client/errors.ts';
import {
  type PersistentVolumeClaim as Claim,
  type PersistentVolume,
  persistentVolumeClaims,
  persistentVolumes,
  type StorageClass,
} from '../../client/resources.ts';
import { annotationOf, OLD_PROVISIONER, PROVISIONER, SELECTED_NODE } from './names.ts';
import { boundClaim, planClaim } from './plan-claim.ts';
import { boundVolume } from './plan-volume.ts';
import { provisioned, SIMULATED, volumeNameFor } from './provision.ts';
import { awaitingPods, type State, tell, writeClaim, writeClaimStatus, writePhase, writeVolume } from './state.ts';

export async function syncClaim(state: State, claim: Claim): Promise<void> {
  const plan = planClaim(claim, {
    volume: (name) => state.volumes.get(name),
    volumes: () => state.volumes.list(),
    storageClass: (name) => state.classes.get(name),
    waitingPods: () => awaitingPods(state, claim),
  });
  switch (plan.do) {
    case 'bind':
      return bind(state, claim, plan.volume);
    case 'lose':
      return writeClaimStatus(state, claim, 'Lost', { told: plan.told });
    case 'wait':
      tell(state, claim, plan.told);
      return writeClaimStatus(state, claim, 'Pending');
    case 'provision':
      return provision(state, claim, plan.storageClass);
  }
}

/** The volume first: from then on nobody else can take it. Each step that was already made is left out. */
async function bind(state: State, claim: Claim, volume: PersistentVolume): Promise<void> {
  const taken = await writeVolume(state, volume, boundVolume(volume, claim));
  const held = await writePhase(state, taken, 'Bound');
  const bound = await writeClaim(state, claim, boundClaim(claim, held));
  await writeClaimStatus(state, bound, 'Bound', { volume: held });
}

/** The class's provisioner finds the claim by its annotations; the simulated one is this controller. */
async function provision(state: State, claim: Claim, storageClass: StorageClass): Promise<void> {
  const { provisioner } = storageClass;
  const annotations = { ...claim.metadata?.annotations, [OLD_PROVISIONER]: provisioner, [PROVISIONER]: provisioner };
  const asked = await writeClaim(state, claim, { ...claim, metadata: { ...claim.metadata, annotations } });
  if (provisioner === SIMULATED) return simulate(state, asked, storageClass);
  const message =
    `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. ` +
    'If volume creation is delayed, please verify that the provisioner is running and correctly registered.';
  tell(state, asked, { type: 'Normal', reason: 'ExternalProvisioning', message });
  await writeClaimStatus(state, asked, 'Pending');
}

async function simulate(state: State, claim: Claim, storageClass: StorageClass): Promise<void> {
  const name = volumeNameFor(claim);
  const selected = annotationOf(claim, SELECTED_NODE);
  const node = selected ? state.nodes.get(selected) : undefined;
  if (selected && !node) return chooseAgain(state, claim, selected);
  const told = (type: 'Normal' | 'Warning', reason: string, message: string) => state.provisioner.event(claim, type, reason, message);
  try {
    await state.client.create(persistentVolumes, provisioned(claim, storageClass, node));
  } catch (error) {
    // Made at an earlier attempt: the news of it is on its way.
    if (isAlreadyExists(error)) return;
    const { message } = error as Error;
    told('Warning', 'ProvisioningFailed', `failed to provision volume with StorageClass "${storageClass.metadata?.name}": ${message}`);
    throw error;
  }
  told('Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`);
}

/** The node that the scheduler chose has gone. */
async function chooseAgain(state: State, claim: Claim, node: string): Promise<void> {
  const { name = '', namespace = '', resourceVersion } = claim.metadata ?? {};
  const metadata = { resourceVersion, annotations: { [SELECTED_NODE]: null } };
  state.claims.wrote(await state.client.patch(persistentVolumeClaims, { name, namespace }, 'merge', { metadata }));
  const message = `failed to get target node: node "${node}" not found`;
  state.provisioner.event(claim, 'Warning', 'ProvisioningFailed', message);
}
