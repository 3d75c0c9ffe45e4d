/** How a request gets to the API server: over sockets, or (for tests and the virtual clock) straight into a request handler. */

export interface ApiRequest {
  method: string;
  /** Path with query, e.g. `/api/v1/pods?limit=500`. */
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Ends the request and its answer's stream. */
  signal?: AbortSignal;
}

export interface ApiResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** The answer's bytes as they come. It must be read to its end or destroyed (`return()`), else the connection stays taken. */
  body: AsyncIterable<Buffer>;
}

export interface Transport {
  send(request: ApiRequest): Promise<ApiResponse>;
  /** Closes the connections. */
  close(): void;
}
