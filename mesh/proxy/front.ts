/** One address that the proxy listens on. It stays the same object while its configuration changes, so that open connections see the change. */
import type { ListenerPort } from '../config/resource.ts';

export interface Front {
  /** `address:port` */
  readonly address: string;
  /** `namespace/service` */
  service: string;
  /** Undefined once the Service or its port has gone. */
  port: ListenerPort | undefined;
}
