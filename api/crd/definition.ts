/** The shape of a CustomResourceDefinition (apiextensions.k8s.io/v1). */
import type { Schema } from '../../types/kinds/kind.ts';
import type { ObjectMeta } from '../../types/wire.ts';

export const CRD_RESOURCE = 'customresourcedefinitions.apiextensions.k8s.io';
export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

export interface CrdNames {
  plural: string;
  singular?: string;
  shortNames?: string[];
  kind: string;
  listKind?: string;
  categories?: string[];
}

export interface CrdColumn {
  name: string;
  type: string;
  format?: string;
  description?: string;
  priority?: number;
  jsonPath: string;
}

export interface CrdVersion {
  name: string;
  served: boolean;
  storage: boolean;
  deprecated?: boolean;
  deprecationWarning?: string | null;
  schema?: { openAPIV3Schema?: Schema };
  subresources?: {
    status?: object;
    scale?: { specReplicasPath?: string; statusReplicasPath?: string; labelSelectorPath?: string };
  };
  additionalPrinterColumns?: CrdColumn[];
  selectableFields?: { jsonPath: string }[];
}

export interface CrdCondition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

export interface CrdStatus {
  conditions?: CrdCondition[] | null;
  acceptedNames?: CrdNames;
  storedVersions?: string[] | null;
}

export interface Crd {
  metadata?: ObjectMeta;
  spec: {
    group: string;
    names: CrdNames;
    scope: string;
    versions: CrdVersion[];
    conversion?: { strategy?: string; webhook?: { clientConfig?: object; conversionReviewVersions?: string[] } };
    preserveUnknownFields?: boolean;
  };
  status?: CrdStatus;
}

export const isTrue = (crd: Crd, type: string) => crd.status?.conditions?.some((c) => c.type === type && c.status === 'True') ?? false;

/** `widgets.example.com` */
export const crdStorage = (crd: Crd) => `${crd.spec.names.plural}.${crd.spec.group}`;
