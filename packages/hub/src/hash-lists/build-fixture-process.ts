// For the kill test: builds hash lists again and again, now of one half of the published lists, now of the other.
import type { BuildOrder } from './build.ts';
import { buildHashLists } from './build.ts';

const orders = JSON.parse(process.argv[2]!) as BuildOrder[];
for (let i = 0; ; i++) {
  buildHashLists(orders[i % orders.length]!);
  process.stdout.write('.');
}
