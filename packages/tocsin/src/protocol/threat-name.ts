// Names of threats: our own form `Type.Platform.Family`, and foreign names made safe to show.

export const NAME_LIMITS = { maxLength: 128 } as const;

/** Where a threat runs, closed; `Any` where it does not matter. */
export const PLATFORMS = [
  'Any',
  'Android',
  'Browser',
  'DOS',
  'HTML',
  'iOS',
  'Java',
  'JS',
  'Linux',
  'macOS',
  'MSIL',
  'MSOffice',
  'PDF',
  'PHP',
  'PowerShell',
  'Python',
  'Script',
  'Unix',
  'VBS',
  'Web',
  'Win16',
  'Win32',
  'Win64',
  'Windows',
] as const;
export type Platform = (typeof PLATFORMS)[number];

export interface ThreatName {
  readonly type: string;
  readonly platform: Platform;
  readonly family: string;
}

/** `Type.Platform.Family`, each part of letters, digits, `-`, `_`; null for any other text. */
export function parseThreatName(text: string): ThreatName | null {
  if (text.length > NAME_LIMITS.maxLength) return null;
  const found = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/.exec(text);
  if (found === null || !isPlatform(found[2])) return null;
  return { type: found[1]!, platform: found[2], family: found[3]! };
}

export function formatThreatName(name: ThreatName): string {
  return `${name.type}.${name.platform}.${name.family}`;
}

export function isPlatform(value: unknown): value is Platform {
  return (PLATFORMS as readonly unknown[]).includes(value);
}

/**
 * A foreign name, safe for terminals, logs and pages: letters, marks, digits, punctuation and symbols, single
 * spaces; control, formatting (bidi) and unassigned characters are dropped, at most 128 characters are kept.
 * Null where nothing is left.
 */
export function cleanName(text: string): string | null {
  if (text.length <= NAME_LIMITS.maxLength && /^[\x21-\x7e]+$/.test(text)) return text;
  // Cut before the costly part: a name is short, and what stands behind four times its length is none.
  const printable = text
    .slice(0, 4 * NAME_LIMITS.maxLength)
    .replace(/[\p{Z}\t\r\n\v\f]+/gu, ' ')
    .replace(/[\p{C}\ufffd]/gu, '')
    .normalize('NFC') // last, for marks become neighbours where something between them went
    .replace(/[\p{Z}]+/gu, ' ');
  const kept = cutText(printable.trim(), NAME_LIMITS.maxLength).trimEnd();
  return kept === '' ? null : kept;
}

/** At most `max` UTF-16 units, no character cut in two. */
function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}
