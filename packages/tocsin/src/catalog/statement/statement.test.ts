// The two documents as a whole: what must stand in them, for whom, and that the same context gives the same bytes.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { ITEMS, itemsFor, MESSAGES } from '../catalog.ts';
import { PARTICIPATION_LEVELS } from '../consent.ts';
import { EDITIONS } from '../item.ts';
import { keptDays, messagesOfStatement } from './context.ts';
import { plain, TEXT_WIDTH } from './render-text.ts';
import { BARE_TERMS, SAMPLE_TERMS } from './rendered.ts';
import type { Statement, StatementContext } from './statement.ts';
import {
  CATALOG_VERSION,
  itemsOfStatement,
  LANGUAGES,
  renderPrivacyPolicy,
  renderStatement,
  statementAsText,
} from './statement.ts';
import { termsFrom } from './terms-fixture.ts';
import { wordsIn } from './words.ts';

const GOLDEN = fileURLToPath(new URL('../../../../../test/golden/', import.meta.url));
const HERE: StatementContext = { terms: SAMPLE_TERMS, edition: 'plus', jurisdiction: 'DE', language: 'en' };
const NO_HUB: StatementContext = { terms: null, edition: 'basic', jurisdiction: null, language: 'en' };
const BOTH = [renderStatement, renderPrivacyPolicy] as const;

function flat({ text }: Statement): string {
  return text.replace(/\s+/g, ' ');
}

test('statement: version, date and hash', () => {
  const statement = renderStatement(HERE);
  assert.equal(statement.version, `${CATALOG_VERSION.number}.3`);
  assert.equal(statement.date, CATALOG_VERSION.date, 'the later of the two');
  const later = { ...SAMPLE_TERMS, issued: Date.UTC(2030, 0, 2) / 1000 };
  assert.equal(renderStatement({ ...HERE, terms: later }).date, '2030-01-02');
  assert.equal(renderStatement(NO_HUB).version, `${CATALOG_VERSION.number}.0`);
  assert.equal(statement.sha256, createHash('sha256').update(statement.text).digest('hex'));
  assert.equal(
    statementAsText(statement),
    `${statement.text}\nSHA-256 of the text above: ${statement.sha256}\n`,
  );
  for (const [name, value] of [
    ['Version', statement.version],
    ['Date', statement.date],
    ['Edition', 'plus'],
    ['Jurisdiction', 'Germany (DE)'],
    ['Operator', 'Example Network GmbH'],
  ])
    assert.match(statement.text, new RegExp(`^${name} +${value!.replace(/[().]/g, '\\$&')}$`, 'm'));
});

test('statement: every context has a text of its own, and always the same', () => {
  const texts = new Map<string, string>();
  for (const render of BOTH)
    for (const language of LANGUAGES)
      for (const edition of EDITIONS)
        for (const jurisdiction of [null, 'DE', 'US']) {
          const context = { terms: SAMPLE_TERMS, edition, jurisdiction, language };
          const { sha256, document } = render(context);
          if (jurisdiction === null) assert.equal(render(structuredClone(context)).sha256, sha256);
          texts.set(sha256, `${document} ${language} ${edition} ${jurisdiction}`);
        }
  assert.equal(texts.size, 2 * 2 * 4 * 3);
});

for (const edition of EDITIONS)
  for (const language of LANGUAGES)
    test(`statement: ${edition}, ${language}: its items and messages, each with its words, and no other`, () => {
      const words = wordsIn(language);
      const text = flat(renderStatement({ ...HERE, edition, language }));
      const listed = new Set(itemsFor(edition, 'extended'));
      for (const item of ITEMS) {
        const what = `${item.id}${item.collector.state === 'planned' ? ` [${plain(words.say('mark.planned'))}]` : ''} ${plain(words.catalog(item.id))}`;
        assert.equal(text.includes(what.replace(/\s+/g, ' ')), listed.has(item.id), item.id);
        assert.equal(
          new RegExp(`(?<![\\w.])${item.id.replace('.', '\\.')}(?![\\w.]*\\w)`).test(text),
          listed.has(item.id),
          item.id,
        );
      }
      const shown = new Set(messagesOfStatement(edition).map(({ id }) => id));
      for (const message of MESSAGES) {
        const title = plain(words.catalog(`message.${message.id}.title`));
        const found = new RegExp(`6\\.\\d+ ${title.replace(/[.*+?^$()[\]{}|\\]/g, '\\$&')} `).test(text);
        assert.equal(found, shown.has(message.id), message.id);
        if (shown.has(message.id))
          for (const code of Object.keys(message.reasons))
            assert.ok(
              text.includes(`- ${code}: ${plain(words.catalog(`message.${message.id}.reason.${code}`))}`),
            );
      }
    });

test('statement: a message is in an edition where its required items are; those with devices are not in basic', () => {
  const without = (edition: (typeof EDITIONS)[number]): string[] => {
    const shown = messagesOfStatement(edition);
    return MESSAGES.filter((message) => !shown.includes(message)).map(({ id }) => id);
  };
  assert.deepEqual(
    EDITIONS.map((edition) => [edition, without(edition)]),
    [
      ['basic', ['dhcp-request', 'device-seen']],
      ['plus', []],
      ['premium', []],
      ['virtual', []],
    ],
  );
});

test('statement: accepting it allows what it lists at that level, and each level has the one before', () => {
  for (const edition of EDITIONS) {
    const [off, standard, extended] = PARTICIPATION_LEVELS.map((level) => itemsOfStatement(edition, level));
    assert.deepEqual(extended!.map(({ id }) => id).sort(), itemsFor(edition, 'extended'));
    assert.ok(
      off!.every((item) => standard!.includes(item)) && standard!.every((item) => extended!.includes(item)),
    );
  }
});

test('statement: without a hub it says so, names no operator, and asks opt-in of everybody', () => {
  for (const render of BOTH) {
    const statement = render({ ...NO_HUB, jurisdiction: 'US' });
    assert.equal(statement.regime, 'opt-in');
    assert.match(flat(statement), /No hub has been joined\./);
    assert.match(statement.text, /^Operator +none: no hub has been joined$/m);
    assert.doesNotMatch(statement.text, /undefined|null|\[object|NaN|Infinity/);
  }
});

test('statement: the rule that holds, and why', () => {
  const table: [Partial<StatementContext>, string, RegExp][] = [
    [{ jurisdiction: 'DE' }, 'opt-in', /The law known there as GDPR asks for consent/],
    [{ jurisdiction: 'BR' }, 'opt-in', /in Brazil \('BR'\).* known there as LGPD/],
    [
      { jurisdiction: 'US' },
      'opt-out',
      /No law of that place is known .* So the rule is opt-out\. Opt-out means/,
    ],
    [{ jurisdiction: null }, 'opt-in', /not known in which country .* the stricter rule holds/],
    [
      { jurisdiction: 'US', terms: { ...SAMPLE_TERMS, optInEverywhere: true } },
      'opt-in',
      /The operator asks for consent everywhere/,
    ],
  ];
  for (const [part, regime, words] of table) {
    const statement = renderStatement({ ...HERE, ...part });
    assert.equal(statement.regime, regime);
    assert.match(flat(statement), words);
    const yes = regime === 'opt-in' ? /Both are no here until/ : /Both count as yes here/;
    assert.match(flat(statement), yes);
  }
});

test("statement: times are the item's own, or the operator's where his are shorter", () => {
  const times = (retentionDays: number | null): Set<string> => {
    const terms = { ...SAMPLE_TERMS, retentionDays };
    const { text } = renderStatement({ ...HERE, terms });
    return new Set([...text.matchAll(/^ {2}Kept +by the hub for (\S+) days?$/gm)].map(([, days]) => days!));
  };
  const declared = new Set(
    itemsOfStatement('plus', 'extended')
      .filter(({ proof }) => proof !== 'in-force')
      .map(({ retentionDays }) => String(retentionDays)),
  );
  declared.delete('0');
  assert.deepEqual(times(null), declared);
  assert.deepEqual(times(14), new Set(['7', '14', '365']), 'requests to erase are not shortened');
  assert.deepEqual(times(1), new Set(['1', '365']));
  fc.assert(
    fc.property(fc.constantFrom(...ITEMS), fc.integer({ min: 1, max: 730 }), (item, retentionDays) => {
      const days = keptDays(item, { retentionDays });
      const { proof } = item;
      assert.equal(
        days,
        proof === undefined ? Math.min(retentionDays, item.retentionDays) : item.retentionDays,
      );
    }),
  );
});

test('statement: what proves a choice is kept while it is in force, and no operator shortens that', () => {
  const proofs = ITEMS.filter(({ proof }) => proof === 'in-force').map(({ id }) => id);
  assert.deepEqual(proofs, ['connection.machine_id', 'connection.consent_record']);
  const { text } = renderStatement({ ...HERE, terms: { ...SAMPLE_TERMS, retentionDays: 1 } });
  const times = [
    ...text.matchAll(/^ {2}Kept +by the hub while it is in force, and (\d+) days after its end$/gm),
  ];
  assert.deepEqual(
    times.map(([, days]) => days),
    ['180', '365'],
  );
});

test('statement: partners, places and contacts are those of the terms, and it says so where there are none', () => {
  const full = flat(renderStatement(HERE));
  for (const words of [
    /Data centre North, Berlin Germany \(DE\) the law of the place/,
    /Second copy, Toronto Canada \(CA\) adequacy decision of the Commission/,
    /Institute for Example France research on attacks sharing Research/,
    /The data of this hub is kept in: Germany \(DE\), Canada \(CA\)\./,
    /kept, at privacy@network\.example\./,
    /first: Data protection authority of Berlin\./,
    /nothing else for more than 60 days/,
  ])
    assert.match(full, words);
  const bare = flat(renderStatement({ ...HERE, terms: BARE_TERMS, jurisdiction: null }));
  for (const words of [
    /The operator names no partner/,
    /The operator named no place/,
    /Representative none named/,
    /the one where you live or work, or where/,
    /set no shorter limit/,
  ])
    assert.match(bare, words);
});

test('statement: of an operator who does not name himself it says so in its own language', () => {
  const german = flat(renderStatement({ ...HERE, terms: BARE_TERMS, language: 'de' }));
  for (const words of [
    /Betreiber nicht genannt/,
    /sein Betreiber hat keinen Namen angegeben/,
    /Name nicht genannt Anschrift nicht angegeben Kontakt nicht angegeben Zum Datenschutz nicht angegeben/,
    /hat keinen Kontakt für Fragen und Beschwerden/,
  ])
    assert.match(german, words);
  assert.doesNotMatch(german, /the operator/);
});

test('statement: receiving is told by the commands that do it, and no switch is promised that is not there', () => {
  const text = flat(renderStatement(HERE));
  assert.match(text, /received while .?tocsin sync.? runs/);
  assert.match(text, /or a scan without .?--offline.? begins/);
  assert.doesNotMatch(text, /switch of its own|receiving is switched on/);
});

test('statement: managed virtual machines are told who chooses for them, others are not', () => {
  const told = EDITIONS.filter((edition) =>
    flat(renderStatement({ ...HERE, edition })).includes(
      'managed virtual machines the policy of the hub says',
    ),
  );
  assert.deepEqual(told, ['virtual']);
});

test('privacy policy: the text for one operator is the golden one', () => {
  for (const language of LANGUAGES) {
    const { text } = renderPrivacyPolicy({ ...HERE, language });
    const path = `${GOLDEN}privacy-policy.${language}.txt`;
    if (process.env['TOCSIN_UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
    assert.equal(text, readFileSync(path, 'utf8'));
  }
});

test('privacy policy: every item of the edition has its time', () => {
  for (const edition of EDITIONS) {
    const { text } = renderPrivacyPolicy({ ...HERE, edition });
    for (const item of itemsOfStatement(edition, 'extended')) {
      const days = keptDays(item, SAMPLE_TERMS);
      const after = item.proof === 'in-force' ? 'in force \\+ ' : '';
      const time = days === 0 ? 'not at all' : `${after}${days} days`;
      assert.match(text, new RegExp(`^${item.id.replace('.', '\\.')} +${time} `, 'm'), item.id);
    }
  }
});

test('text: canonical whatever an operator writes: no line too wide, no space at its end, one LF at the end', () => {
  const contexts = fc.record({
    terms: fc.option(fc.nat().map(termsFrom)),
    edition: fc.constantFrom(...EDITIONS),
    jurisdiction: fc.constantFrom(null, 'DE', 'US', 'GS'),
    language: fc.constantFrom(...LANGUAGES),
  });
  fc.assert(
    fc.property(contexts, fc.constantFrom(...BOTH), (context, render) => {
      const { text } = render(context);
      assert.ok(text.endsWith('\n') && !text.endsWith('\n\n') && text.isWellFormed());
      for (const line of text.split('\n'))
        assert.ok([...line].length <= TEXT_WIDTH && !/[ \t\r]$/.test(line), JSON.stringify(line));
    }),
    { numRuns: 60 },
  );
});
