/** What the Pod Security Standards ask of a pod, in the words of k8s.io/pod-security-admission/policy. */

export interface SecurityContext {
  privileged?: boolean;
  allowPrivilegeEscalation?: boolean;
  capabilities?: { add?: string[]; drop?: string[] };
  runAsNonRoot?: boolean;
  runAsUser?: number;
  procMount?: string;
  seccompProfile?: { type?: string };
  appArmorProfile?: { type?: string };
  seLinuxOptions?: { type?: string; user?: string; role?: string };
  windowsOptions?: { hostProcess?: boolean };
  sysctls?: { name: string }[];
}

export interface SecuredContainer {
  name: string;
  securityContext?: SecurityContext;
  ports?: { hostPort?: number }[];
}

export interface SecuredSpec {
  os?: { name?: string };
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  hostUsers?: boolean;
  securityContext?: SecurityContext;
  volumes?: ({ name: string } & Record<string, unknown>)[];
  containers?: SecuredContainer[];
  initContainers?: SecuredContainer[];
  ephemeralContainers?: SecuredContainer[];
}

/** What is wrong, after its name: `hostPort (container "c" uses hostPort 80)`; undefined: nothing is. */
export type Check = (spec: SecuredSpec) => string | undefined;

export interface VersionedCheck {
  /** The minor version of Kubernetes that brought it. */
  since: number;
  check: Check;
}

export const containersOf = ({ initContainers = [], containers = [], ephemeralContainers = [] }: SecuredSpec): SecuredContainer[] => [
  ...initContainers,
  ...containers,
  ...ephemeralContainers,
];

export const quoted = (values: Iterable<string>) => [...values].map((value) => JSON.stringify(value)).join(', ');
export const plural = (word: string, values: readonly unknown[]) => (values.length === 1 ? word : `${word}s`);

/** `container "c"`, `containers "c", "d"`. */
export const named = (containers: SecuredContainer[]) => `${plural('container', containers)} ${quoted(containers.map(({ name }) => name))}`;

export const where = (spec: SecuredSpec, holds: (context: SecurityContext, container: SecuredContainer) => boolean) =>
  containersOf(spec).filter((container) => holds(container.securityContext ?? {}, container));

/** A check of containers alone. */
export const ofContainers =
  (name: string, bad: (context: SecurityContext) => boolean, must: string): Check =>
  (spec) => {
    const found = where(spec, bad);
    return found.length > 0 ? `${name} (${named(found)} ${must})` : undefined;
  };
