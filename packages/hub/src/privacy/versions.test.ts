// Versions of Statement and privacy policy against real records: everything that was published is kept as it was, and
// is shown again in every form.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { EDITIONS } from 'tocsin/catalog/item.ts';
import {
  renderPrivacyPolicy,
  renderStatement,
  statementAsHtml,
  statementAsMarkdown,
  statementAsText,
} from 'tocsin/catalog/statement/statement.ts';
import { statementAsJson } from 'tocsin/catalog/statement/statement-json.ts';
import type { IntakeHub } from '../intake/intake-fixture.ts';
import { startIntakeHub } from '../intake/intake-fixture.ts';
import { itemChanges } from './changes.ts';
import { CATALOG_VERSION, DOCUMENTS, formatDocument, LANGUAGES, renderDocument } from './documents.ts';
import { keepAccepted } from './evidence.ts';
import type { DocumentPlace } from './versions.ts';
import { findDocument, keepDocument, listVersions, publishDocuments } from './versions.ts';

let hub: IntakeHub;
before(async () => {
  hub = await startIntakeHub({ jurisdiction: 'DE', operatorName: 'Example' });
  await hub.participation.publish();
});
after(() => hub.close());

const VERSION = `${CATALOG_VERSION.number}.1`;
const place = (change: Partial<DocumentPlace> = {}): DocumentPlace => ({
  document: 'statement',
  edition: 'basic',
  jurisdiction: 'DE',
  language: 'en',
  ...change,
});

test('versions: a start publishes every document, edition and language, for the place of the terms and an unknown one', async () => {
  const expected = DOCUMENTS.length * EDITIONS.length * LANGUAGES.length * 2;
  const [row] = await hub.hub.db.query<{ count: number }>('SELECT count(*) AS count FROM statement_version');
  assert.equal(row!.count, expected);
  const { terms } = hub.participation.terms.current;
  assert.equal(await publishDocuments(hub.hub.db, terms, hub.world), 0, 'and nothing twice');
  assert.ok(hub.log.includes(`${expected} texts of Statement and privacy policy were published`));
});

test('versions: what is kept is, in every form, byte for byte what a machine prints', async () => {
  const { terms } = hub.participation.terms.current;
  for (const document of DOCUMENTS)
    for (const language of LANGUAGES) {
      const kept = (await findDocument(hub.hub.db, place({ document, language }), VERSION))!;
      const context = { terms, edition: 'basic', jurisdiction: 'DE', language } as const;
      const rendered = document === 'statement' ? renderStatement(context) : renderPrivacyPolicy(context);
      assert.equal(kept.sha256, rendered.sha256);
      assert.equal(formatDocument(kept, 'text'), statementAsText(rendered));
      assert.equal(formatDocument(kept, 'md'), statementAsMarkdown(rendered));
      assert.equal(formatDocument(kept, 'html'), statementAsHtml(rendered));
      assert.equal(formatDocument(kept, 'json'), statementAsJson(rendered));
    }
});

test('versions: a text that is kept is never replaced, and new terms make a new version beside it', async () => {
  const { terms } = hub.participation.terms.current;
  const context = { edition: 'basic', jurisdiction: 'DE', language: 'en' } as const;
  const forged = { ...renderDocument('statement', { ...context, terms }), text: 'forged\n' };
  assert.equal(await keepDocument(hub.hub.db, forged, hub.world.clock.now()), false);
  assert.notEqual((await findDocument(hub.hub.db, place(), VERSION))!.text, 'forged\n');
  const next = { ...terms, number: 2, retentionDays: 7 };
  assert.ok((await publishDocuments(hub.hub.db, next, hub.world)) > 0);
  const listed = await listVersions(hub.hub.db, place());
  assert.deepEqual(
    listed.map(({ version }) => version),
    [`${CATALOG_VERSION.number}.2`, VERSION],
  );
  assert.notEqual(listed[0]!.sha256, listed[1]!.sha256);
  assert.equal(await findDocument(hub.hub.db, place(), '9.9'), null);
});

test('versions: places that records name are published as well', async () => {
  const machine = await hub.machine();
  await machine.sendRecord(hub.choose(machine, 'standard', { jurisdiction: 'AT' }));
  const { terms } = hub.participation.terms.current;
  await publishDocuments(hub.hub.db, { ...terms, number: 3 }, hub.world);
  const found = await findDocument(hub.hub.db, place({ jurisdiction: 'AT' }), `${CATALOG_VERSION.number}.3`);
  assert.equal(found?.jurisdiction, 'AT');
});

test('evidence: the text that a record accepted is kept together with the record, where this hub can render it', async () => {
  const { terms } = hub.participation.terms.current;
  const accepted = renderDocument('statement', {
    terms,
    edition: 'premium',
    jurisdiction: 'JP',
    language: 'de',
  });
  const machine = await hub.machine();
  machine.edition = 'premium';
  const statement = { version: accepted.version, sha256: accepted.sha256, language: 'de' };
  await machine.sendRecord(hub.choose(machine, 'standard', { jurisdiction: 'JP', statement }));
  const where = place({ edition: 'premium', jurisdiction: 'JP', language: 'de' });
  assert.equal((await findDocument(hub.hub.db, where, accepted.version))?.text, accepted.text);
  const strange = { version: '2.99', sha256: 'cd'.repeat(32), language: 'xx' };
  await machine.sendRecord(hub.choose(machine, 'extended', { jurisdiction: 'JP', statement: strange }));
  const parts = { db: hub.hub.db, keys: hub.keys, world: hub.world };
  assert.equal(await keepAccepted(parts), 0);
  // As after an upgrade: the record came when the hub could not render its text, however long ago.
  await hub.hub.db.execute("DELETE FROM statement_version WHERE jurisdiction = 'JP'");
  hub.world.pass(90 * 86_400_000);
  await hub.participation.publish();
  assert.equal((await findDocument(hub.hub.db, where, accepted.version))?.text, accepted.text);
  assert.equal(await keepAccepted(parts), 0);
});

test('changes: by item, what came, went and became another thing', () => {
  assert.deepEqual(
    itemChanges({ 'a.a': '1', 'b.b': '1', 'c.c': '1' }, { 'b.b': '1', 'c.c': '2', 'd.d': '1' }),
    {
      added: ['d.d'],
      removed: ['a.a'],
      changed: ['c.c'],
    },
  );
});
