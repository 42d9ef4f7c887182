// What a person is told when the operator's terms change under a choice.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { signedTerms, TERMS } from '../client/consent/fixture.ts';
import { ConsentStage } from '../client/consent/stage-fixture.ts';
import { participationWords } from './participation-words.ts';

const ELSEWHERE = [{ place: 'Dallas', country: 'US', safeguard: null }];

test('changed terms are told in substance, against those that were accepted, until they are accepted', async (t) => {
  const stage = await ConsentStage.make(t);
  const source = stage.open();
  const told = (): readonly string[] =>
    participationWords(source.current(), source.acceptedTerms(), 'en').filter((line) =>
      line.startsWith('  - '),
    );
  await source.refresh(stage.hub.call);
  assert.equal(source.acceptedTerms(), null, 'nobody has chosen');
  stage.choose({ level: 'standard' });
  assert.equal(source.acceptedTerms()?.number, 1);
  stage.hub.terms = signedTerms({ number: 2, privacyContact: 'dpo@hub.example' });
  await source.refresh(stage.hub.call);
  assert.deepEqual(told(), [], 'a contact binds nobody');
  stage.hub.terms = signedTerms({ number: 3, controller: { ...TERMS.controller, name: 'Somebody Else' } });
  await source.refresh(stage.hub.call);
  stage.hub.terms = signedTerms({ number: 4, storage: ELSEWHERE, retentionDays: 30 });
  await source.refresh(stage.hub.call);
  assert.equal(source.acceptedTerms()?.number, 1, 'two changes later still');
  const lines = told();
  assert.ok(
    lines.some((line) => line.startsWith('  - Places where data is kept: Dallas (United States), before ')),
  );
  assert.ok(
    lines.some(
      (line) => line === '  - Longest time of the operator: 30 days, before no limit of the operator',
    ),
  );
  assert.ok(!lines.some((line) => line.includes('Somebody Else')), 'what came and went in between');
  assert.deepEqual(stage.open().acceptedTerms(), source.acceptedTerms(), 'after a restart as well');
  writeFileSync(stage.places.acceptedTerms, signedTerms({ number: 1, retentionDays: 7 }));
  assert.equal(source.acceptedTerms(), null, 'only what was accepted counts as that');
  stage.choose({ level: 'standard' });
  assert.equal(source.acceptedTerms()?.number, 4);
  assert.deepEqual(told(), []);
});
