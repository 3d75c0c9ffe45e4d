/**
 * `node:http` and `node:https` as CommonJS loads them. An ES import of `node:http` reads every property of the module, one of which loads all
 * of undici: 20 to 70 ms and 10 MB in every process, for nothing.
 */
export const http = process.getBuiltinModule('node:http');
export const https = process.getBuiltinModule('node:https');
