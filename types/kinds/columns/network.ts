/** The cells of Services, what stands behind them and before them. */
import type {
  V1EndpointSlice,
  V1Endpoints,
  V1Ingress,
  V1IngressClass,
  V1IPAddress,
  V1NetworkPolicy,
  V1Service,
  V1ServiceCIDR,
} from '@kubernetes/client-node';
import type { Wire } from '../../wire.ts';
import { ageOf, type Cells, firstThree, labelsText, NONE, nameOf, orNone, selectorText, UNSET } from './common.ts';

type Service = Wire<V1Service>;
interface Ingressed {
  ip?: string;
  hostname?: string;
}

export const serviceCells: Cells<Service> = (object, now) => {
  const { spec } = object;
  return [
    nameOf(object),
    spec?.type ?? '',
    orNone(spec?.clusterIPs?.[0] ?? spec?.clusterIP),
    externalIps(object),
    orNone((spec?.ports ?? []).map((p) => `${p.port}${p.nodePort ? `:${p.nodePort}` : ''}/${p.protocol}`).join(',')),
    ageOf(object, now),
    labelsText(spec?.selector),
  ];
};

function externalIps({ spec, status }: Service): string {
  const given = spec?.externalIPs ?? [];
  if (spec?.type === 'ExternalName') return spec.externalName ?? '';
  if (spec?.type !== 'LoadBalancer') return orNone(given.join(','));
  const all = [...balancers(status?.loadBalancer?.ingress), ...given];
  return all.length > 0 ? all.join(',') : '<pending>';
}

/** Each address once, in order. */
function balancers(ingress: Ingressed[] | undefined): string[] {
  return [...new Set((ingress ?? []).map((i) => i.ip || i.hostname || ''))].filter(Boolean).sort();
}

export const endpointsCells: Cells<Wire<V1Endpoints>> = (object, now) => {
  const all: string[] = [];
  for (const { addresses = [], ports = [] } of object.subsets ?? []) {
    if (ports.length === 0) all.push(...addresses.map((a) => a.ip));
    for (const { port } of ports) all.push(...addresses.map((a) => hostPort(a.ip, port)));
  }
  return [nameOf(object), orNone(firstThree(all)), ageOf(object, now)];
};

const hostPort = (ip: string, port: number) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`);

export const endpointSliceCells: Cells<Wire<V1EndpointSlice>> = (object, now) => {
  const ports = (object.ports ?? []).map((p) => (p.port === undefined || p.port === null ? '*' : String(p.port)));
  const addresses = (object.endpoints ?? []).flatMap((e) => e.addresses ?? []);
  return [nameOf(object), object.addressType, firstThree(ports) || UNSET, firstThree(addresses) || UNSET, ageOf(object, now)];
};

export const ingressCells: Cells<Wire<V1Ingress>> = (object, now) => {
  const { spec, status } = object;
  const hosts = (spec?.rules ?? []).map((r) => r.host ?? '').filter(Boolean);
  return [
    nameOf(object),
    spec?.ingressClassName ?? NONE,
    firstThree(hosts) || '*',
    balancers(status?.loadBalancer?.ingress).join(','),
    spec?.tls?.length ? '80, 443' : '80',
    ageOf(object, now),
  ];
};

export const ingressClassCells: Cells<Wire<V1IngressClass>> = (object, now) => {
  const parameters = object.spec?.parameters;
  const text = parameters ? `${parameters.kind}${parameters.apiGroup ? `.${parameters.apiGroup}` : ''}/${parameters.name}` : NONE;
  return [nameOf(object), object.spec?.controller ?? '', text, ageOf(object, now)];
};

export const networkPolicyCells: Cells<Wire<V1NetworkPolicy>> = (object, now) => [
  nameOf(object),
  selectorText(object.spec?.podSelector),
  ageOf(object, now),
];

export const ipAddressCells: Cells<Wire<V1IPAddress>> = (object) => {
  const { group, resource, namespace, name } = object.spec?.parentRef ?? {};
  const parts = [`${resource ?? ''}${group ? `.${group}` : ''}`, namespace, name];
  return [nameOf(object), parts.filter(Boolean).join('/')];
};

export const serviceCidrCells: Cells<Wire<V1ServiceCIDR>> = (object, now) => [
  nameOf(object),
  (object.spec?.cidrs ?? []).join(','),
  ageOf(object, now),
];
