import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UNKNOWN } from '../protocol/verdict.ts';
import { detectionOf } from './report-detections.ts';
import type { ScanResult } from './scan-summary.ts';

const RESULT: ScanResult = {
  path: '/srv/files/a.bin',
  sha256: 'ab'.repeat(32),
  size: 3,
  verdict: { ...UNKNOWN, level: 'malicious', name: 'Test.Any.A' },
  answeredBy: 'list',
};
const PARTS = { accounts: [], program: { version: '1.2.3', databases: null, system: null } };

test('a detection names the digest by which the file was known, and its SHA-256 beside it', () => {
  const alias = { algorithm: 'md5', digest: '44d88612fea8a8f36de82e1278abb02f' } as const;
  const { items } = detectionOf({ ...RESULT, alias }, PARTS);
  assert.deepEqual([items['object.checksum'], items['object.sha256']], [alias, RESULT.sha256]);
  const { items: plain } = detectionOf(RESULT, PARTS);
  assert.deepEqual(plain['object.checksum'], { algorithm: 'sha256', digest: RESULT.sha256 });
});
