#!/usr/bin/env node
/** The command `kumulus`. Everything else is loaded after the compile cache is on. */
import { keepCompiledCode } from './compile-cache.ts';

keepCompiledCode();
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv);
