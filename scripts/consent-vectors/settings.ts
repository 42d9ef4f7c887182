// Vectors of settings (spec/settings.md).
import { createPublicKey } from 'node:crypto';
import { CONSENT_PAYLOAD_TYPE } from '../../packages/tocsin/src/catalog/consent-record.ts';
import type { Settings } from '../../packages/tocsin/src/catalog/settings.ts';
import {
  encodeSettings,
  SETTINGS_PAYLOAD_TYPE,
  signSettings,
} from '../../packages/tocsin/src/catalog/settings.ts';
import { toBase64 } from '../../packages/tocsin/src/protocol/base64.ts';
import { byMachine, MACHINE, machineKey, otherMachineKey, plain, sigOf, spelled } from './keys.ts';
import { third } from './records.ts';

export const settings: Settings = {
  v: 1,
  sequence: 4,
  machine: MACHINE,
  hub: { url: 'https://hub.example:8743', root: '34750f98bd59fcfc946da45aaabe933b' },
  level: 'off',
  edition: 'basic',
  jurisdiction: null,
  regime: 'opt-in',
  sharing: 'no',
  commercial: null,
  selfDefence: true,
  consent: { sequence: 3, sha256: third.sha256 },
  policy: null,
  at: '2026-02-01T18:00:00Z',
};
export const settingsText = signSettings(settings, machineKey).text;

export function settingsVectors(): unknown {
  const good = plain(encodeSettings(settings));
  const changed = (change: object): string => byMachine({ ...good, ...change }, SETTINGS_PAYLOAD_TYPE);
  const sig = sigOf(settingsText);
  const at = (name: string, text: string, want: string): object => ({ name, text, want });
  return {
    machineKey: toBase64(createPublicKey(machineKey).export({ type: 'spki', format: 'der' })),
    settings,
    cases: [
      at('as made', settingsText, 'accepted'),
      at('nothing chosen', changed({ consent: null, sharing: null }), 'accepted'),
      at('members of a later version are passed over', changed({ colour: 'red' }), 'accepted'),
      at('another key id', spelled(settingsText, { signatures: [{ keyid: 'x', sig }] }), 'format'),
      at(
        'base64url',
        spelled(settingsText, {
          signatures: [{ keyid: '', sig: Buffer.from(sig, 'base64').toString('base64url') }],
        }),
        'format',
      ),
      at('white space', `${settingsText} `, 'format'),
      at('a member more in the envelope', spelled(settingsText, { note: '' }), 'format'),
      at(
        'two signatures',
        spelled(settingsText, {
          signatures: [
            { keyid: '', sig },
            { keyid: '', sig },
          ],
        }),
        'format',
      ),
      at(
        'another payload',
        spelled(settingsText, {
          payload: toBase64(Buffer.from(JSON.stringify({ ...good, level: 'extended' }))),
        }),
        'denied',
      ),
      at('signed by another key', byMachine(good, SETTINGS_PAYLOAD_TYPE, otherMachineKey), 'denied'),
      at('a record instead of settings', byMachine(good, CONSENT_PAYLOAD_TYPE), 'format'),
      at('version 2', changed({ v: 2 }), 'format'),
      at('sequence 0', changed({ sequence: 0 }), 'format'),
      at('no hub', changed({ hub: null }), 'format'),
      at('an id of a root that is none', changed({ hub: { url: 'https://a', root: 'x' } }), 'format'),
      at('an unknown level', changed({ level: 'full' }), 'format'),
      at('sharing perhaps', changed({ sharing: 'perhaps' }), 'format'),
      at('self-defence by a word', changed({ selfDefence: 'off' }), 'format'),
      at('a place in the log without its digest', changed({ consent: { sequence: 3 } }), 'format'),
      at('no policy member', changed({ policy: undefined }), 'format'),
      at('a time with milliseconds', changed({ at: '2026-02-01T18:00:00.000Z' }), 'format'),
      at('8,193 characters', `${settingsText}${' '.repeat(8_193 - settingsText.length)}`, 'limit'),
    ],
  };
}
