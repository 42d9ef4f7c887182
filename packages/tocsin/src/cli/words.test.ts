import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ScanSummary } from '../agent/scan-summary.ts';
import { bar } from './progress.ts';
import { summaryLines } from './scan-words.ts';
import { ago, count, counted, duration, moment, printable, size } from './words.ts';

test('numbers, sizes and times as a person reads them', () => {
  const table: [string, string][] = [
    [count(0), '0'],
    [count(999), '999'],
    [count(1_234_567), '1,234,567'],
    [counted(1, 'file'), '1 file'],
    [counted(2, 'file'), '2 files'],
    [size(0), '0 bytes'],
    [size(1), '1 byte'],
    [size(999), '999 bytes'],
    [size(1_000), '1.0 KB'],
    [size(99_949), '99.9 KB'],
    [size(151_344), '151 KB'],
    [size(999_499), '999 KB'],
    [size(999_500), '1.0 MB'],
    [size(3e12), '3.0 TB'],
    [duration(440), '0.4 s'],
    [duration(9_960), '10 s'],
    [duration(185_000), '3 min 05 s'],
    [duration(7_800_000), '2 h 10 min'],
    [ago(0, 59_000), 'just now'],
    [ago(0, 3_599_000), '59 min ago'],
    [ago(0, 7_200_000), '2 h ago'],
    [ago(0, 3 * 86_400_000), '3 days ago'],
    [ago(60_000, 0), 'in the future by this clock'],
    [moment(0), '1970-01-01 00:00 UTC'],
    [bar(0, 10), '[--------------------]'],
    [bar(5, 10), '[##########----------]'],
    [bar(11, 10), '[####################]'],
    [bar(0, 0), '[--------------------]'],
  ];
  for (const [got, want] of table) assert.equal(got, want);
});

test('no text from outside can move the cursor or begin a line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(
        printable(text),
        /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/,
      );
    }),
  );
  assert.equal(printable('größer 文件'), 'größer 文件');
});

test('a summary tells who vouches, what was found, who answered, what was not read and what was missing', () => {
  const summary: ScanSummary = {
    files: 12_345,
    bytes: 2_000_000_000,
    directories: 10,
    hashed: 345,
    hashedBytes: 1,
    unchanged: 12_000,
    found: 3,
    levels: { unknown: 42, trusted: 300, good: 12_000, riskware: 1, suspicious: 0, malicious: 2 },
    answeredBy: { override: 1, list: 12_000, cache: 300, relay: 0, hub: 2, none: 42 },
    goodBy: ['dpkg', 'b', 'c', 'd', 'e', 'f'].map((source, i) => ({ source, files: i === 0 ? 12_290 : 2 })),
    skipped: { symlinks: 0, special: 0, pseudo: 0 },
    problems: { unreadable: 7, vanished: 1, changed: 0, replaced: 0, failed: 0, special: 0 },
    oddNames: 3,
    missing: 'participation is off',
    cache: { damaged: 0, lost: 0 },
    interrupted: true,
    elapsedMs: 5_000,
  };
  assert.deepEqual(
    summaryLines(summary, (_style, text) => text),
    [
      'Stopped: scanned 12,345 files, 2.0 GB, in 5.0 s (2,469 files/s); 12,000 unchanged since an earlier scan',
      '',
      '  known good         12,300   vouched for by dpkg 12,290, b 2, c 2, d 2, others 4',
      '  unknown                42   not in the lists here',
      '  found                   3   malicious 2, riskware 1',
      '',
      '  answered by   your overrides 1, lists 12,000, earlier answers 300, hub 2, not looked up 42',
      '  not scanned             8   no right to read 7, vanished meanwhile 1',
      '  odd names               3   no UTF-8; --json tells their exact bytes',
      '  missing       participation is off',
    ],
  );
});
