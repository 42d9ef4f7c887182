// What a report says of the program that made it and of the system under it. Reads one file of the system.
import { readFileSync } from 'node:fs';
import type { ProgramFacts } from './report-detections.ts';

export const OS_RELEASE_LIMITS = { maxBytes: 65_536 } as const;

/** ID and VERSION_ID of an os-release file (os-release(5)); null where either is missing. */
export function parseOsRelease(text: string): ProgramFacts['system'] {
  const value = (name: string): string | null =>
    new RegExp(`^${name}=(?:"([^"\\n]*)"|'([^'\\n]*)'|([^\\s"']*))[ \\t]*$`, 'm')
      .exec(text)
      ?.slice(1)
      .find(Boolean) ?? null;
  const [id, version] = [value('ID'), value('VERSION_ID')];
  return id === null || version === null ? null : { id, version };
}

export function programFacts(
  version: string,
  databases: number | null,
  osRelease = '/etc/os-release',
): ProgramFacts {
  try {
    const text = readFileSync(osRelease, 'utf8').slice(0, OS_RELEASE_LIMITS.maxBytes);
    return { version, databases, system: parseOsRelease(text) };
  } catch {
    return { version, databases, system: null };
  }
}
