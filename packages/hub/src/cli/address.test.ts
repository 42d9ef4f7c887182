import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { layoutOf } from '../store/layout.ts';
import { joinAddress, rememberAddress } from './address.ts';

test('the address for a machine is where the hub last listened, as far as others can reach it', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const layout = layoutOf(directory);
  assert.equal(joinAddress(layout).url, 'https://HOST:PORT');
  for (const [served, url, remark] of [
    ['https://127.0.0.1:8743', 'https://127.0.0.1:8743', /this computer only/],
    ['https://[::1]:9000', 'https://[::1]:9000', /this computer only/],
    ['https://0.0.0.0:8743', 'https://here:8743', null],
    ['https://[::]:9000', 'https://here:9000', null],
    ['https://192.0.2.7:8743', 'https://192.0.2.7:8743', null],
    ['https://hub.example:443', 'https://hub.example', null],
  ] as const) {
    rememberAddress(layout, served);
    const found = joinAddress(layout, 'here');
    assert.equal(found.url, url);
    if (remark === null) assert.equal(found.remark, null);
    else assert.match(found.remark!, remark);
  }
  writeFileSync(layout.address, 'nonsense \u001b[31m');
  assert.equal(joinAddress(layout).url, 'https://HOST:PORT');
});
