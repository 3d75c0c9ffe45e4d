/** Probes and lifecycle hooks. */
import type { V1Container, V1HTTPGetAction, V1Probe } from '@kubernetes/client-node';
import { httpHeaderName, portName, portNumber } from '../../../types/names.ts';
import type { Wire } from '../../../types/wire.ts';
import { forbidden, invalid, invalidEach, nonNegative, notSupported, required } from '../field-error.ts';
import type { FieldError } from '../strategy.ts';

type Handler = Pick<Wire<V1Probe>, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & { sleep?: { seconds: number } };

export function probeFaults(probe: Wire<V1Probe> | undefined, at: string, mustSucceedOnce: boolean): FieldError[] {
  if (!probe) return [];
  const faults = handlerFaults(probe, at);
  for (const field of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const) {
    faults.push(...nonNegative(`${at}.${field}`, probe[field]));
  }
  if ((probe.terminationGracePeriodSeconds ?? 1) <= 0) {
    faults.push(invalid(`${at}.terminationGracePeriodSeconds`, probe.terminationGracePeriodSeconds, 'must be greater than 0'));
  }
  if (mustSucceedOnce && probe.successThreshold !== 1)
    faults.push(invalid(`${at}.successThreshold`, probe.successThreshold ?? 0, 'must be 1'));
  return faults;
}

export function lifecycleFaults(lifecycle: Wire<V1Container>['lifecycle'], at: string): FieldError[] {
  const faults: FieldError[] = [];
  if (lifecycle?.postStart) faults.push(...handlerFaults(lifecycle.postStart, `${at}.postStart`));
  if (lifecycle?.preStop) faults.push(...handlerFaults(lifecycle.preStop, `${at}.preStop`));
  return faults;
}

/** Exactly one of the ways to ask. */
function handlerFaults(handler: Handler, at: string): FieldError[] {
  const faults: FieldError[] = [];
  const ways = (['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const).filter((way) => handler[way]);
  for (const way of ways.slice(1)) faults.push(forbidden(`${at}.${way}`, 'may not specify more than 1 handler type'));
  if (ways.length === 0) faults.push(required(at, 'must specify a handler type'));
  if (handler.exec && !handler.exec.command?.length) faults.push(required(`${at}.exec.command`));
  if (handler.httpGet) faults.push(...httpGetFaults(handler.httpGet, `${at}.httpGet`));
  if (handler.tcpSocket) faults.push(...portFaults(handler.tcpSocket.port, `${at}.tcpSocket.port`));
  if (handler.grpc) faults.push(...portFaults(handler.grpc.port, `${at}.grpc.port`));
  return faults;
}

function httpGetFaults(action: Wire<V1HTTPGetAction>, at: string): FieldError[] {
  const faults: FieldError[] = [];
  if (!action.path) faults.push(required(`${at}.path`));
  faults.push(...portFaults(action.port, `${at}.port`));
  const schemes = ['HTTP', 'HTTPS'];
  if (!schemes.includes(action.scheme ?? '')) faults.push(notSupported(`${at}.scheme`, action.scheme ?? '', schemes));
  for (const { name } of action.httpHeaders ?? []) faults.push(...invalidEach(`${at}.httpHeaders`, name, httpHeaderName(name)));
  return faults;
}

/** A number or the name of one of the container's ports. */
function portFaults(port: number | string | undefined, at: string): FieldError[] {
  if (typeof port === 'string') return invalidEach(at, port, portName(port));
  return invalidEach(at, port ?? 0, portNumber(port ?? 0));
}
