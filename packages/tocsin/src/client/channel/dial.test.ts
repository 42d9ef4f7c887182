import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from '../../protocol/errors.ts';
import { parseHubUrl } from './dial.ts';

const GOOD: readonly (readonly [string, string, string, number])[] = [
  ['https://hub.example:9000', 'https://hub.example:9000', 'hub.example', 9000],
  ['https://hub.example', 'https://hub.example:8743', 'hub.example', 8743],
  ['https://hub.example/', 'https://hub.example:8743', 'hub.example', 8743],
  ['https://hub.example:443', 'https://hub.example:443', 'hub.example', 443],
  ['https://hub.example:443/', 'https://hub.example:443', 'hub.example', 443],
  ['hub.example:9000', 'https://hub.example:9000', 'hub.example', 9000],
  ['HTTPS://HUB.Example:9000', 'https://hub.example:9000', 'hub.example', 9000],
  ['https://[::1]:9000', 'https://[::1]:9000', '::1', 9000],
  ['127.0.0.1:1', 'https://127.0.0.1:1', '127.0.0.1', 1],
];

for (const [text, url, host, port] of GOOD)
  test(`hub address: '${text}' is ${url}`, () => assert.deepEqual(parseHubUrl(text), { url, host, port }));

const BAD = [
  '',
  'http://hub.example',
  'ftp://x',
  'https://',
  'https://u:p@hub',
  'https://hub/path',
  'https://hub/?q',
  'https://hub/#f',
  'https://hub:99999',
  'https://a b',
  `https://${'a'.repeat(3_000)}`,
];

for (const text of BAD)
  test(`hub address: '${text.slice(0, 40)}' is refused`, () => {
    assert.throws(() => parseHubUrl(text), refused);
  });

test('hub address: a password in it is not repeated', () => {
  assert.throws(
    () => parseHubUrl('https://user:hunter2@hub'),
    (error: unknown) => refused(error) && !String(error).includes('hunter2'),
  );
});

test('hub address: arbitrary texts are an address that parses to itself, or input', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl(),
    fc.string().map((s) => `https://${s}`),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        const address = parseHubUrl(text);
        assert.deepEqual(parseHubUrl(address.url), address);
      } catch (error) {
        assert.ok(refused(error), String(error));
        assert.ok(!/[\p{Cc}]/u.test((error as Error).message));
      }
    }),
  );
});

function refused(error: unknown): boolean {
  return error instanceof TocsinError && error.code === 'input';
}
