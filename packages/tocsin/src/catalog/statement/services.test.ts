// Which services end and which stay at each level: the table that `tocsin participation` tells before a change.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { MESSAGES } from '../catalog.ts';
import { PARTICIPATION_LEVELS } from '../consent.ts';
import { EDITIONS } from '../item.ts';
import { servicesAt, servicesEnding } from './services.ts';

/** A place in the program that names the message as the one that it makes. */
const MAKES = (id: string): RegExp => new RegExp(`(?:message: |[?:] )'${id}'`);

test('services: each stays or ends, and what stays at a level stays at those above', () => {
  for (const edition of EDITIONS) {
    const at = PARTICIPATION_LEVELS.map((level) => servicesAt(edition, level, 'en'));
    for (const { stay, end } of at)
      assert.equal(stay.length + end.length, at[0]!.stay.length + at[0]!.end.length);
    assert.deepEqual(at[2]!.end, []);
    for (const { message } of at[0]!.stay)
      assert.ok(at[1]!.stay.some((service) => service.message === message));
    const withService = MESSAGES.filter(({ service }) => service !== null).map(({ id }) => id);
    assert.ok([...at[0]!.stay, ...at[0]!.end].every(({ message }) => withService.includes(message)));
  }
});

test('services: with off the look-ups end, receiving and receipts stay', () => {
  const { stay, end } = servicesAt('basic', 'off', 'en');
  const names = (services: readonly { message: string }[]): string[] =>
    services.map(({ message }) => message);
  assert.deepEqual(names(stay), ['connection', 'consent-receipt-request', 'tamper-alarm', 'erasure-request']);
  assert.ok(names(end).includes('lookup') && names(end).includes('detection'));
  assert.ok(end.find(({ message }) => message === 'lookup')!.words.startsWith('answers about files'));
  assert.equal(end.find(({ message }) => message === 'lookup')!.planned, false);
});

test('services: what a change ends is what the new level lacks of the old one; nothing on the way up', () => {
  const ending = (from: 'off' | 'standard' | 'extended', to: 'off' | 'standard' | 'extended'): string[] =>
    servicesEnding('plus', from, to, 'de').map(({ message }) => message);
  assert.deepEqual(ending('off', 'extended'), []);
  assert.deepEqual(ending('standard', 'standard'), []);
  assert.deepEqual(
    [...ending('extended', 'standard'), ...ending('standard', 'off')].sort(),
    ending('extended', 'off').sort(),
  );
  assert.ok(ending('extended', 'standard').includes('submission'));
});

test('services: only what a program of this release sends is there, everything else is planned', async () => {
  const folder = join(import.meta.dirname, '../..');
  const files = (await readdir(folder, { recursive: true })).filter((name) => {
    const isProgram = name.endsWith('.ts') && !/\.test\.ts$|fixture/.test(name);
    return isProgram && !/^catalog\/(items|messages|text|versions)\//.test(name);
  });
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  const sent = MESSAGES.filter(({ id }) => texts.some((text) => MAKES(id).test(text))).map(({ id }) => id);
  const built = MESSAGES.filter(({ producer }) => producer === 'built').map(({ id }) => id);
  assert.deepEqual(sent, built);
  const { stay, end } = servicesAt('virtual', 'standard', 'en');
  const there = [...stay, ...end].filter(({ planned }) => !planned).map(({ message }) => message);
  assert.deepEqual(there.sort(), built.sort());
});
