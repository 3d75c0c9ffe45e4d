/** Where an API server is and how to prove who we are. Plain data, so that it can be handed to a process. */
export interface Connection {
  /** `https://127.0.0.1:6443`, without a path. */
  server: string;
  /** A Unix socket to reach the server through, instead of the network. */
  socket?: string;
  /** PEM of the CA that signed the server's certificate (also where a socket makes it unneeded: it is published). Absent: the system's roots. */
  ca?: string;
  /** PEM of a client certificate and its key, */
  cert?: string;
  key?: string;
  /** or a bearer token. */
  token?: string;
  /** Does not check the server's certificate (`insecure-skip-tls-verify`). Default false. */
  insecure?: boolean;
}
