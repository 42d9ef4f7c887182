// The question that a browser asks about a finished download: the file's SHA-256 and its address in, one verdict out. Keeps
// nothing of the question. What is not known is answered as safe: the browser would stop every other download.
import type { ListSet } from 'tocsin/lists/list-set.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { fileKey } from 'tocsin/protocol/keys-of.ts';
import { keysToAsk } from 'tocsin/protocol/objects.ts';
import { canonicalUrl } from 'tocsin/protocol/url.ts';
import type { Level } from 'tocsin/protocol/verdict.ts';
import type { MessageValue } from './messages.ts';
import { decodeMessage, encodeMessage, enumNumber } from './messages.ts';

export type DownloadVerdict = 'SAFE' | 'DANGEROUS' | 'UNCOMMON' | 'POTENTIALLY_UNWANTED' | 'DANGEROUS_HOST';

const OF_FILE: Readonly<Record<Level, DownloadVerdict>> = {
  unknown: 'SAFE',
  trusted: 'SAFE',
  good: 'SAFE',
  riskware: 'POTENTIALLY_UNWANTED',
  suspicious: 'UNCOMMON',
  malicious: 'DANGEROUS',
};

/** A ClientDownloadResponse to a ClientDownloadRequest. Throws `format` for other bytes. */
export function checkDownload(lists: ListSet, body: Uint8Array): Uint8Array {
  const request = decodeMessage('ClientDownloadRequest', body);
  const verdict = downloadVerdict(lists, digestOf(request), String(request['url']));
  return encodeMessage('ClientDownloadResponse', { verdict: enumNumber('Verdict', verdict) });
}

/** What is known of the file decides; of an unknown file, whether its address or host is malicious. */
export function downloadVerdict(lists: ListSet, sha256: Uint8Array, url: string): DownloadVerdict {
  const file = lists.find(fileKey('file-sha256', sha256));
  if (file.kind === 'listed') return OF_FILE[file.record.level];
  return isMalicious(lists, url) ? 'DANGEROUS_HOST' : 'SAFE';
}

/** The most exact thing known of an address decides. */
function isMalicious(lists: ListSet, text: string): boolean {
  try {
    for (const key of keysToAsk({ kind: 'url', url: canonicalUrl(text) })) {
      const answer = lists.find(key);
      if (answer.kind !== 'absent') return answer.record.level === 'malicious';
    }
    return false;
  } catch (error) {
    if (error instanceof TocsinError && error.code === 'input') return false; // blob:, data:, and the like
    throw error;
  }
}

function digestOf(request: MessageValue): Uint8Array {
  const digests = request['digests'] as MessageValue | undefined;
  const sha256 = digests?.['sha256'];
  if (sha256 instanceof Uint8Array && sha256.length === 32) return sha256;
  throw new TocsinError(
    'format',
    'Cannot check the download: it names no SHA-256 of the file, want one of 32 bytes',
  );
}
