import manifest from '../package.json' with { type: 'json' };

/** Kumulus' own version. */
export const VERSION: string = manifest.version;
