#!/usr/bin/env node
// Starts `tocsin`, on a Node that is new enough (src/launch.js).
import { launch } from '../src/launch.js';

await launch('tocsin', import.meta.url, async () => {
  const { main } = await import('../src/cli/main.ts');
  await main(process.argv.slice(2));
});
