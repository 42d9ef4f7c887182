import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_CONSENT } from '../../catalog/consent.ts';
import type { ObjectKey } from '../../protocol/kinds.ts';
import { BAD, GOOD, keyOf, TRUSTED } from '../client-fixture.ts';
import type { Answer } from './answer.ts';
import { answerOf, mostExact, UNANSWERED } from './answer.ts';
import type { NearRung } from './ladder.ts';
import { createLadder } from './ladder.ts';

class Rung implements NearRung {
  revision = '1';
  readonly #answers = new Map<ObjectKey, Answer>();

  say(key: ObjectKey, record: typeof BAD, by: Answer['answeredBy']): this {
    this.#answers.set(key, answerOf(key.kind, record, by));
    return this;
  }

  has(kind: ObjectKey['kind']): boolean {
    return [...this.#answers.keys()].some((key) => key.kind === kind);
  }

  answer(key: ObjectKey): Answer | null {
    return this.#answers.get(key) ?? null;
  }
}

const far = { ask: async () => [], missing: null, newer: null };
const [exact, wide] = [keyOf('url', 'exact'), keyOf('host', 'wide')];
const [sha256, sha1, md5] = [keyOf('file-sha256', 1), keyOf('file-sha1', 1), keyOf('file-md5', 1)];

function ladder(overrides: Rung, lists: Rung) {
  return createLadder({ overrides, lists, far, consent: () => NO_CONSENT });
}

test('an override of a whole host wins over a list that names the very page', () => {
  const { near } = ladder(new Rung().say(wide, TRUSTED, 'override'), new Rung().say(exact, BAD, 'list'));
  assert.equal(near([exact, wide])?.answeredBy, 'override');
});

test('of several list entries the most exact one answers', () => {
  const { near } = ladder(new Rung(), new Rung().say(wide, GOOD, 'list').say(exact, BAD, 'list'));
  assert.equal(near([exact, wide])?.verdict.level, 'malicious');
  assert.equal(near([wide])?.verdict.level, 'good');
});

test('a good MD5 never beats a bad SHA-256, nor a bad SHA-1, in whatever order they stand', () => {
  const lists = new Rung().say(md5, GOOD, 'list').say(sha1, BAD, 'list');
  assert.equal(ladder(new Rung(), lists).near([md5, sha1])?.verdict.level, 'malicious');
  assert.equal(ladder(new Rung(), lists).near([sha1, md5])?.verdict.level, 'malicious');
  assert.equal(ladder(new Rung(), lists).near([md5, sha1])?.alias, sha1, 'the digest that decided is named');
  assert.equal(ladder(new Rung(), new Rung().say(sha256, BAD, 'list')).near([sha256, md5])?.alias, undefined);
  lists.say(sha256, GOOD, 'list');
  assert.equal(ladder(new Rung(), lists).near([md5, sha1, sha256])?.verdict.level, 'good');
});

test('what nobody near knows is null, and an alias is wanted where somebody near could answer it', () => {
  const { near, wantsAlias } = ladder(
    new Rung().say(md5, BAD, 'override'),
    new Rung().say(sha256, BAD, 'list'),
  );
  assert.equal(near([exact, wide]), null);
  assert.equal(wantsAlias('file-md5'), true);
  assert.equal(wantsAlias('file-sha1'), false);
});

test('the epoch changes with lists, overrides and participation, and with word of newer lists', () => {
  const [overrides, lists] = [new Rung(), new Rung()];
  let level: 'off' | 'standard' = 'off';
  let newer: number | null = null;
  const hub = {
    ...far,
    get newer() {
      return newer;
    },
  };
  const parts = { overrides, lists, far: hub, consent: () => ({ ...NO_CONSENT, level }) };
  const made = createLadder(parts);
  const seen = new Set([made.epoch]);
  lists.revision = '2';
  seen.add(made.epoch);
  overrides.revision = '2';
  seen.add(made.epoch);
  level = 'standard';
  seen.add(made.epoch);
  newer = 8;
  seen.add(made.epoch);
  newer = 9;
  seen.add(made.epoch);
  assert.equal(seen.size, 6);
});

test('far answers of one object become one: the most exact known one, and none where any was missing', () => {
  const bad = answerOf('host', BAD, 'hub');
  const unknown: Answer = { ...UNANSWERED, answeredBy: 'hub', lifetime: 60 };
  assert.equal(mostExact([exact, wide], [unknown, bad]), bad);
  assert.equal(mostExact([exact, wide], [unknown, unknown]), unknown);
  assert.equal(mostExact([exact, wide], [unknown, UNANSWERED]).answeredBy, 'none');
  assert.equal(mostExact([exact, wide], [UNANSWERED, bad]), bad);
});
