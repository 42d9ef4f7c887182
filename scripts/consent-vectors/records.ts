// Vectors of consent records and of the log (spec/consent.md, 3 and 4).
import { createPublicKey } from 'node:crypto';
import { ITEMS } from '../../packages/tocsin/src/catalog/catalog.ts';
import type { ConsentRecord } from '../../packages/tocsin/src/catalog/consent-record.ts';
import {
  CONSENT_PAYLOAD_TYPE,
  encodeRecord,
  signRecord,
} from '../../packages/tocsin/src/catalog/consent-record.ts';
import { acceptedList } from '../../packages/tocsin/src/catalog/fingerprint.ts';
import { SETTINGS_PAYLOAD_TYPE } from '../../packages/tocsin/src/catalog/settings.ts';
import { termsFingerprint } from '../../packages/tocsin/src/catalog/terms.ts';
import { toBase64 } from '../../packages/tocsin/src/protocol/base64.ts';
import { formatEnvelope } from '../../packages/tocsin/src/protocol/dsse.ts';
import { signByMachine } from '../../packages/tocsin/src/protocol/machine-signature.ts';
import {
  byMachine,
  MACHINE,
  machineKey,
  OTHER_MACHINE,
  otherMachineKey,
  plain,
  sigOf,
  spelled,
  terms,
} from './keys.ts';

const STATEMENT = { version: '2.3', sha256: 'a3'.repeat(32), language: 'en' };

export function record(change: Partial<ConsentRecord> = {}): ConsentRecord {
  return {
    v: 1,
    sequence: 1,
    previous: null,
    machine: MACHINE,
    at: '2026-01-15T09:30:00Z',
    choice: 'participation',
    value: 'standard',
    by: 'person',
    policy: null,
    jurisdiction: 'DE',
    regime: 'opt-in',
    statement: STATEMENT,
    terms: termsFingerprint(terms),
    edition: 'basic',
    accepted: acceptedList(ITEMS.filter(({ id }) => id.startsWith('lookup.'))),
    ...change,
  } as ConsentRecord;
}

export const first = signRecord(record(), machineKey);
export const second = signRecord(
  record({
    sequence: 2,
    previous: first.sha256,
    at: '2026-01-15T09:30:00Z',
    choice: 'sharing',
    value: 'no',
    statement: null,
    terms: null,
  }),
  machineKey,
);
export const third = signRecord(
  record({
    sequence: 3,
    previous: second.sha256,
    at: '2026-02-01T18:00:00Z',
    value: 'off',
    statement: null,
    terms: null,
    accepted: [],
  }),
  machineKey,
);

export function recordVectors(): unknown {
  const good = plain(encodeRecord(first.record));
  const changed = (change: object): string => byMachine({ ...good, ...change }, CONSENT_PAYLOAD_TYPE);
  const at = (name: string, text: string, hub: string, log: string = hub): object => ({
    name,
    text,
    hub,
    log,
  });
  const sig = sigOf(first.text);
  return {
    machine: MACHINE,
    machineKey: toBase64(createPublicKey(machineKey).export({ type: 'spki', format: 'der' })),
    cases: [
      at('as made', first.text, 'accepted'),
      at(
        'no statement, where the choice is off',
        changed({ value: 'off', statement: null, terms: null }),
        'accepted',
      ),
      at('by policy', changed({ by: 'policy', policy: 7 }), 'accepted'),
      at(
        'taken over from release 0.1.0',
        changed({ by: 'migration', statement: { ...STATEMENT, version: '1' } }),
        'accepted',
      ),
      at('a choice about sharing', changed({ choice: 'sharing', value: 'yes' }), 'accepted'),
      at('members of a later version are passed over', changed({ note: 'x' }), 'accepted'),
      at(
        'another key id: a hub does not ask, a machine knows its own texts',
        spelled(first.text, { signatures: [{ keyid: 'x', sig }] }),
        'accepted',
        'corrupt',
      ),
      at('white space in the text', first.text.replace('","payload"', '", "payload"'), 'accepted', 'corrupt'),
      at(
        'a second signature',
        spelled(first.text, {
          signatures: [
            { keyid: '', sig },
            { keyid: '', sig },
          ],
        }),
        'accepted',
        'corrupt',
      ),
      at('signed by another machine', byMachine(good, CONSENT_PAYLOAD_TYPE, otherMachineKey), 'denied'),
      at(
        'another payload',
        spelled(first.text, {
          payload: toBase64(Buffer.from(JSON.stringify({ ...good, value: 'extended' }))),
        }),
        'denied',
      ),
      at('settings instead of a record', byMachine(good, SETTINGS_PAYLOAD_TYPE), 'format'),
      at('version 2', changed({ v: 2 }), 'format'),
      at('sequence 0', changed({ sequence: 0 }), 'format'),
      at('no machine id', changed({ machine: 'x' }), 'format'),
      at('a time with milliseconds', changed({ at: '2026-01-15T09:30:00.000Z' }), 'format'),
      at('the thirtieth of February', changed({ at: '2026-02-30T09:30:00Z' }), 'format'),
      at('an unknown level', changed({ value: 'full' }), 'format'),
      at('a level for sharing', changed({ choice: 'sharing', value: 'standard' }), 'format'),
      at('standard without a Statement', changed({ statement: null }), 'format'),
      at('an item without its fingerprint', changed({ accepted: ['lookup.prefix'] }), 'format'),
      at('513 items', changed({ accepted: Array(513).fill('lookup.prefix:0123456789ab') }), 'format'),
      at('an unknown edition', changed({ edition: 'ultra' }), 'format'),
      at('a jurisdiction in small letters', changed({ jurisdiction: 'de' }), 'format'),
      at('no policy member', changed({ policy: undefined }), 'format'),
      at(
        'a payload that is no JSON',
        formatEnvelope(signByMachine(CONSENT_PAYLOAD_TYPE, Buffer.from('{'), machineKey)),
        'format',
      ),
      at(
        'a payload that is no UTF-8',
        formatEnvelope(signByMachine(CONSENT_PAYLOAD_TYPE, Buffer.from([0x22, 0xff, 0x22]), machineKey)),
        'format',
      ),
      at('no JSON', first.text.slice(1), 'format'),
      at('32,769 characters', `${first.text}${' '.repeat(32_769 - first.text.length)}`, 'limit'),
    ],
  };
}

export function logVectors(): unknown {
  const lines = [first, second, third].map(({ text }) => `${text}\n`);
  const whole = lines.join('');
  const foreign = signRecord(record({ machine: OTHER_MACHINE }), otherMachineKey).text;
  const ownOfOther = signRecord(record({ machine: OTHER_MACHINE }), machineKey).text;
  const skipped = signRecord(record({ sequence: 3, previous: first.sha256 }), machineKey).text;
  const unchained = signRecord(record({ sequence: 2, previous: second.sha256 }), machineKey).text;
  const at = (name: string, content: string, want: string, more: object = {}): object => ({
    name,
    content,
    want,
    ...more,
  });
  const head = { sequence: 3, sha256: third.sha256 };
  return {
    machine: MACHINE,
    machineKey: toBase64(createPublicKey(machineKey).export({ type: 'spki', format: 'der' })),
    cases: [
      at('empty', '', 'held', { head: null, torn: 0 }),
      at('as made', whole, 'held', { head, torn: 0 }),
      at('a torn last line', whole + first.text.slice(0, 100), 'held', { head, torn: 100 }),
      at('a last line without its end', whole.slice(0, -1), 'held', {
        head: { sequence: 2, sha256: second.sha256 },
        torn: third.text.length,
      }),
      at('a log that begins later, where the guard says so', lines.slice(1).join(''), 'held', {
        head,
        torn: 0,
        base: { sequence: 1, sha256: first.sha256 },
      }),
      at('a log that begins later, and nobody knows of it', lines.slice(1).join(''), 'altered'),
      at('a line is missing', lines[0]! + lines[2]!, 'altered'),
      at('lines in another order', lines[1]! + lines[0]!, 'altered'),
      at('a line twice', lines[0]! + lines[0]!, 'altered'),
      at('a number is left out', `${lines[0]!}${skipped}\n`, 'altered'),
      at('another record before it', `${lines[0]!}${unchained}\n`, 'altered'),
      at('an empty line', `${lines[0]!}\n`, 'altered'),
      at('a line end of another system', `${first.text}\r\n`, 'altered'),
      at('no record', 'x\n', 'altered'),
      at('a record of another machine behind', `${lines[0]!}${foreign}\n`, 'altered'),
      at('the log of another machine', `${foreign}\n`, 'foreign'),
      at('signed with this key, under another name', `${ownOfOther}\n`, 'foreign'),
    ],
  };
}
