// A hub that comes back from a backup: its machines, which may be ahead of it, must follow it all the same.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { gone, Place } from './support/processes.ts';

test('a machine follows a restored hub, though it holds lists of the same age from before', async () => {
  const place = new Place();
  try {
    const hub = await place.serve();
    await place.join(hub.url);
    const set = async (host: string, data = place.data): Promise<void> => {
      const ran = await place.hub(['verdict', 'set', host, '--level', 'malicious', '--data', data]);
      assert.equal(ran.status, 0, ran.stderr);
    };
    const sync = async (): Promise<string> => {
      const ran = await place.tocsin(['sync']);
      assert.equal(ran.status, 0, ran.stderr);
      return ran.stdout;
    };
    const known = async (host: string): Promise<boolean> =>
      (await place.tocsin(['check', host])).status === 1;
    const file = join(place.directory, 'backup.tar.zst');
    assert.equal((await place.hub(['backup', file])).status, 0);
    await set('lost.example');
    await sync();
    assert.equal(await known('lost.example'), true);
    hub.process.kill('SIGTERM');
    await gone(hub.process);

    const restored = join(place.directory, 'restored');
    assert.equal((await place.hub(['restore', file, '--data', restored])).status, 0);
    await set('new.example', restored);
    const again = await place.serve(new URL(hub.url).host, restored);
    assert.match(await sync(), /^Revision \d+ is here: /);
    assert.deepEqual([await known('lost.example'), await known('new.example')], [false, true]);
    again.process.kill('SIGTERM');
    await gone(again.process);

    // Once more from the same backup: the machine has seen what the hub that was restored first published.
    const second = join(place.directory, 'second');
    assert.equal((await place.hub(['restore', file, '--data', second])).status, 0);
    await set('newer.example', second);
    const last = await place.serve(new URL(hub.url).host, second);
    assert.match(await sync(), /^Revision \d+ is here: /);
    assert.deepEqual([await known('new.example'), await known('newer.example')], [false, true]);
    last.process.kill('SIGTERM');
    await gone(last.process);
  } finally {
    await place.remove();
  }
});
