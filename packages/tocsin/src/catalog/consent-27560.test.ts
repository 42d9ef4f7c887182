// A consent record for other systems: every field that ISO/IEC TS 27560 (and, for it, the GDPR) wants is there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { itemOf } from './catalog.ts';
import { asIso27560 } from './consent-27560.ts';
import type { ConsentRecord, ParticipationRecord, UseRecord } from './consent-record.ts';
import { acceptedList } from './fingerprint.ts';
import { BARE_TERMS, SAMPLE_TERMS } from './statement/rendered.ts';
import { itemsOfStatement, renderStatement } from './statement/statement.ts';
import { termsFingerprint } from './terms.ts';

const STATEMENT = renderStatement({
  terms: SAMPLE_TERMS,
  edition: 'plus',
  jurisdiction: 'DE',
  language: 'de',
});
const SHA256 = '4f2a9c0be1d37586aa01f3c49d2e6b7085c1d4e2f6a7980b3c5d1e2f4a6b8c0d';
const GIVEN: ParticipationRecord = {
  v: 1,
  sequence: 1,
  previous: null,
  machine: '7f1c2a90-52f3-4d0e-9a6b-0d4b3f6a1c55',
  at: '2026-11-27T10:00:00Z',
  by: 'person',
  policy: null,
  jurisdiction: 'DE',
  regime: 'opt-in',
  statement: { version: STATEMENT.version, sha256: STATEMENT.sha256, language: 'de' },
  terms: termsFingerprint(SAMPLE_TERMS),
  choice: 'participation',
  value: 'standard',
  edition: 'plus',
  accepted: acceptedList(itemsOfStatement('plus', 'standard')),
};
const SHARED: UseRecord = (({ edition: _e, accepted: _a, ...rest }) => ({
  ...rest,
  choice: 'sharing' as const,
  value: 'yes' as const,
}))(GIVEN);

interface Exported {
  readonly [field: string]: unknown;
  readonly events: readonly { readonly state: string; readonly type: string; readonly time: string }[];
  readonly pii_information: readonly Record<string, unknown>[];
  readonly purposes: readonly { readonly id: string; readonly lawful_basis: string }[];
  readonly recipient_third_parties: readonly { readonly name: string }[];
}

function exported(record: ConsentRecord, receipt: string | null = 'r1'): Exported {
  return JSON.parse(JSON.stringify(asIso27560(record, SHA256, SAMPLE_TERMS, receipt))) as Exported;
}

test('consent export: every mandatory field is there, and filled for a given consent', () => {
  const record = exported(GIVEN);
  const fields =
    'schema_version record_id receipt_id pii_principal_id notice language purposes pii_information pii_controllers storage_locations retention_period jurisdiction recipient_third_parties withdrawal_method privacy_rights authority_party events'.split(
      ' ',
    );
  for (const field of fields) assert.ok(record[field] !== undefined && record[field] !== null, field);
  assert.equal(record['schema_version'], 'dpv-27560:record-eu-gdpr/1');
  assert.equal(record['record_id'], '4f2a9c0b-e1d3-8586-aa01-f3c49d2e6b70');
  assert.equal(record['pii_principal_id'], `urn:uuid:${GIVEN.machine}`);
  assert.deepEqual(record['notice'], { id: 'tocsin-statement', ...GIVEN.statement });
  assert.equal(record['applicable_law'], 'GDPR');
  assert.equal(record['authority_party'], SAMPLE_TERMS.authority);
  assert.equal(record['retention_period'], 'P60D');
  assert.deepEqual(record.events, [
    {
      time: GIVEN.at,
      validity_duration: null,
      entity_id: `urn:uuid:${GIVEN.machine}`,
      type: 'explicit',
      state: 'given',
      regime: 'opt-in',
    },
  ]);
});

/** Accepted with a choice, unlike what receiving itself shows. */
const CHOSEN = GIVEN.accepted.filter((entry) => itemOf(entry.split(':')[0]!)?.participation !== 'connection');

test('consent export: it lists exactly the accepted items that are chosen, also one that nobody declares any more', () => {
  const record = exported({ ...GIVEN, accepted: [...GIVEN.accepted, 'object.gone:0123456789ab'] });
  assert.deepEqual(
    record.pii_information.map((item) => `${item['pii_attribute_id']}:${item['fingerprint']}`),
    [...CHOSEN, 'object.gone:0123456789ab'],
  );
  const url = record.pii_information.find((item) => item['pii_attribute_id'] === 'object.url')!;
  assert.deepEqual(
    [url['pii_type'], url['sensitivity'], url['personal'], url['retention_period']],
    ['object', 'content', true, 'P60D'],
  );
  assert.deepEqual(record.pii_information.at(-1), {
    pii_attribute_id: 'object.gone',
    fingerprint: '0123456789ab',
  });
  for (const purpose of record.purposes) assert.equal(purpose.lawful_basis, 'consent');
});

test('consent export: what leaves at every level rests on no choice and is not in it', () => {
  const record = exported(GIVEN);
  assert.ok(CHOSEN.length > 0 && CHOSEN.length < GIVEN.accepted.length);
  const types = new Set(record.pii_information.map((item) => item['pii_type']));
  assert.ok(!types.has('connection') && !types.has('envelope'));
  assert.ok(!record.purposes.some(({ id }) => id === 'delivery' && !CHOSEN.some(delivers)));
});

function delivers(entry: string): boolean {
  return itemOf(entry.split(':')[0]!)!.purposes.includes('delivery');
}

test('consent export: a policy consents for nobody, a person who says yes does under either rule', () => {
  const table = [
    ['person', 'opt-in', 'consent'],
    ['person', 'opt-out', 'consent'],
    ['migration', 'opt-in', 'consent'],
    ['policy', 'opt-in', 'legitimate-interest'],
    ['policy', 'opt-out', 'legitimate-interest'],
  ] as const;
  for (const [by, regime, basis] of table)
    for (const record of [GIVEN, SHARED]) {
      const { purposes } = exported({ ...record, by, regime, policy: by === 'policy' ? 7 : null });
      assert.ok(purposes.length > 0);
      for (const { lawful_basis } of purposes) assert.equal(lawful_basis, basis, `${by} ${regime}`);
    }
});

test('consent export: the state is given, refused or withdrawn', () => {
  const off: ParticipationRecord = { ...GIVEN, value: 'off', statement: null, accepted: [] };
  const table: [ConsentRecord, string][] = [
    [GIVEN, 'given'],
    [off, 'refused'],
    [{ ...off, sequence: 2, previous: SHA256 }, 'withdrawn'],
    [SHARED, 'given'],
    [{ ...SHARED, value: 'no', sequence: 2, previous: SHA256 }, 'withdrawn'],
  ];
  for (const [record, state] of table) assert.equal(exported(record).events[0]!.state, state);
  assert.equal(exported(off)['notice'], null);
  assert.equal(exported(GIVEN, null)['receipt_id'], null);
});

test('consent export: partners stand in the choice that allows them only', () => {
  assert.deepEqual(exported(GIVEN).recipient_third_parties, []);
  assert.deepEqual(
    exported(SHARED).recipient_third_parties.map(({ name }) => name),
    ['Institute for Example Research'],
  );
  const commercial = exported({ ...SHARED, choice: 'commercial' });
  assert.deepEqual(
    commercial.recipient_third_parties.map(({ name }) => name),
    ['Example Reports Inc.'],
  );
  assert.deepEqual(exported({ ...SHARED, value: 'no' }).recipient_third_parties, []);
});

test('consent export: by a policy it is the administrator, and of an operator with few words it is whole too', () => {
  const record = exported({ ...GIVEN, by: 'policy', policy: 7 });
  assert.deepEqual(
    [record.events[0]!.type, record['collection_method']],
    ['by-administrator', 'policy of the operator'],
  );
  const bare = asIso27560({ ...GIVEN, jurisdiction: null }, SHA256, BARE_TERMS, null) as Record<
    string,
    unknown
  >;
  assert.deepEqual([bare['applicable_law'], bare['authority_party']], [null, null]);
});
