import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from '../../protocol/errors.ts';
import { EventParser, type HubEvent } from './events.ts';

function parse(chunks: readonly Uint8Array[], maxBytes = 10_000): HubEvent[] {
  const events: HubEvent[] = [];
  const parser = new EventParser((event) => events.push(event), maxBytes);
  for (const chunk of chunks) parser.push(chunk);
  return events;
}

const TABLE: readonly (readonly [string, string, readonly Partial<HubEvent>[]])[] = [
  ['one event', 'data: a\n\n', [{ event: 'message', data: 'a', id: '' }]],
  ['a type and several lines', 'event: lists\ndata: a\ndata: b\n\n', [{ event: 'lists', data: 'a\nb' }]],
  ['no space after the colon, and only one is taken', 'data:a\ndata:  b\n\n', [{ data: 'a\n b' }]],
  ['CRLF', 'event: x\r\ndata: a\r\n\r\n', [{ event: 'x', data: 'a' }]],
  ['comments say nothing', ': hello\n\n: still here\n\ndata: a\n\n', [{ data: 'a' }]],
  ['an id stays until another comes', 'id: 7\ndata: a\n\ndata: b\n\n', [{ id: '7' }, { id: '7' }]],
  ['a type without data is no event, and is forgotten', 'event: x\n\ndata: a\n\n', [{ event: 'message' }]],
  ['a field without a colon is empty', 'data\n\n', [{ data: '' }]],
  ['unknown fields are passed over', 'retry: 5\nx: y\ndata: a\n\n', [{ data: 'a' }]],
  ['what is not ended is dropped', 'data: a\n\ndata: b\n', [{ data: 'a' }]],
];

for (const [name, text, want] of TABLE)
  test(`events: ${name}`, () => {
    const events = parse([Buffer.from(text)]);
    assert.equal(events.length, want.length);
    for (const [i, event] of events.entries()) assert.deepEqual({ ...event, ...want[i] }, event);
  });

const lines = fc.constantFrom(
  'data: a',
  'data: ü',
  'event: x',
  'id: 1',
  ': c',
  '',
  '',
  'data',
  'zz',
  '\r',
  'data: b\r',
);

test('events: how the bytes are cut into chunks changes nothing', () => {
  fc.assert(
    fc.property(
      fc.array(lines, { maxLength: 30 }),
      fc.array(fc.nat(200), { maxLength: 10 }),
      (rows, cuts) => {
        const bytes = Buffer.from(rows.join('\n'));
        const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
        assert.deepEqual(parse(chunks), parse([bytes]));
      },
    ),
  );
});

test('events: arbitrary bytes give events or the one error, and never more memory than the limit', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (chunks) => {
      try {
        parse(chunks, 500);
      } catch (error) {
        assert.ok(error instanceof TocsinError && error.code === 'limit');
      }
    }),
  );
});

test('events: a line or an event beyond the limit ends the stream', () => {
  const limit = (error: unknown): boolean => error instanceof TocsinError && error.code === 'limit';
  assert.throws(() => parse([Buffer.alloc(501, 'a')], 500), limit);
  assert.throws(() => parse([Buffer.from('data: a\n'.repeat(70))], 500), limit);
  assert.doesNotThrow(() => parse([Buffer.from('data: a\n\n'.repeat(700))], 500));
});
