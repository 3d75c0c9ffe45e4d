/**
 * Resource claims are not served: a pod that has some is refused by name. kube-scheduler's plugin of this name also has a word in every
 * message about a pod that fits nowhere; it is kept, so that the messages are equal.
 */
import { type Plugin, refusal } from '../../framework/plugin.ts';

export function dynamicResources(): Plugin {
  const name = 'DynamicResources';
  const unserved = refusal(name, 'dynamic resource claims are not supported by this scheduler');
  return {
    name,
    prepareFilter: ({ podClass }) => (podClass.claimsResources ? { refused: unserved } : undefined),
    postFilter: ({ whole }) => (whole ? { message: 'not found', final: true } : { message: 'no new claims to deallocate' }),
  };
}
