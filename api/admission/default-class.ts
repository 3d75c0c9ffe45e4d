/** Claims and Ingresses that name no class get the one that is marked as the default (plugin/pkg/admission/storage, …/network). */
import type { AnyObject } from '../../types/wire.ts';
import type { ObjectSource } from '../watch/source.ts';
import type { AdmissionRequest, AdmissionStep } from './admission.ts';

interface Classed {
  /** What is given a class. */
  storage: string;
  /** Where the classes are kept. */
  classes: string;
  /** Annotations that mark the default. */
  marks: string[];
  field: string;
  /** An older way to name a class. */
  annotation: string;
}

const CLAIMS: Classed = {
  storage: 'persistentvolumeclaims',
  classes: 'storageclasses.storage.k8s.io',
  marks: ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'],
  field: 'storageClassName',
  annotation: 'volume.beta.kubernetes.io/storage-class',
};

const INGRESSES: Classed = {
  storage: 'ingresses.networking.k8s.io',
  classes: 'ingressclasses.networking.k8s.io',
  marks: ['ingressclass.kubernetes.io/is-default-class'],
  field: 'ingressClassName',
  annotation: 'kubernetes.io/ingress.class',
};

export const defaultStorageClass = (source: ObjectSource) => step('DefaultStorageClass', CLAIMS, source);
export const defaultIngressClass = (source: ObjectSource) => step('DefaultIngressClass', INGRESSES, source);

function step(name: string, classed: Classed, source: ObjectSource): AdmissionStep {
  return {
    name,
    mutate: (request) => {
      const spec = specWithoutClass(classed, request);
      return spec && source.whenSynced(classed.classes).then(() => setClass(spec, classed, source));
    },
  };
}

function specWithoutClass({ storage, field, annotation }: Classed, request: AdmissionRequest): Record<string, unknown> | undefined {
  const { operation, kind, subresource, object } = request;
  if (operation !== 'CREATE' || kind.storage !== storage || subresource !== '') return undefined;
  const spec = object?.spec as Record<string, unknown> | undefined;
  return spec && spec[field] === undefined && object?.metadata?.annotations?.[annotation] === undefined ? spec : undefined;
}

/** Of several, the newest. */
function setClass(spec: Record<string, unknown>, { classes, marks, field }: Classed, source: ObjectSource): void {
  let best: AnyObject | undefined;
  for (const one of source.list(classes)) {
    if (!marks.some((mark) => one.metadata?.annotations?.[mark] === 'true')) continue;
    if (!best || ageOf(one) > ageOf(best)) best = one;
  }
  if (best) spec[field] = best.metadata?.name;
}

/** Later is greater; of the same second, the name that comes first wins. */
const ageOf = ({ metadata }: AnyObject) => Date.parse(metadata?.creationTimestamp ?? '') || 0;
