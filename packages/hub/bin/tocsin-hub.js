#!/usr/bin/env node
// Starts `tocsin-hub`, on a Node that is new enough (tocsin/launch.js).
import { launch } from 'tocsin/launch.js';

await launch('tocsin-hub', import.meta.url, async () => {
  const { main } = await import('../src/cli/main.ts');
  await main(process.argv);
});
