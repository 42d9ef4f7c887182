// The transform `path-without-user`: paths and names leave without anybody's name. Home folders and login names come
// from the system's list of accounts; what cannot be told to hold none is withheld by its caller, not guessed.
import { readFileSync } from 'node:fs';

export const ACCOUNTS_LIMITS = { maxBytes: 4 << 20, maxAccounts: 10_000 } as const;

/** Stands for a person's name. */
export const SOMEBODY = 'USER';

/** People's accounts begin here (login.defs, UID_MIN); those below belong to the system. */
const FIRST_PERSON = 1_000;
const NOBODY = 65_534;

export interface Account {
  readonly name: string;
  /** Absolute. */
  readonly home: string;
}

/** Accounts of people in the text of /etc/passwd; lines that are none are passed over. */
export function parseAccounts(text: string): readonly Account[] {
  const accounts: Account[] = [];
  for (const line of text.split('\n')) {
    const [name, , uid, , , home] = line.split(':');
    const number = Number(uid);
    if (!name || !home?.startsWith('/') || home === '/' || !Number.isInteger(number)) continue;
    if (number >= FIRST_PERSON && number !== NOBODY) accounts.push({ name, home });
    if (accounts.length >= ACCOUNTS_LIMITS.maxAccounts) break;
  }
  return accounts;
}

/** The accounts of this machine; none where the list cannot be read: then only /home is known. */
export function readAccounts(file = '/etc/passwd'): readonly Account[] {
  try {
    return parseAccounts(readFileSync(file, 'utf8').slice(0, ACCOUNTS_LIMITS.maxBytes));
  } catch {
    return [];
  }
}

/**
 * An absolute path in which no account's name and no folder of /home stands: the folder of a home becomes `USER`, and
 * so does every part of the path that is somebody's login name.
 */
export function pathWithoutUser(path: string, accounts: readonly Account[]): string {
  const home = accounts
    .filter((account) => path === account.home || path.startsWith(`${account.home}/`))
    .sort((a, b) => b.home.length - a.home.length)[0];
  const rest = home === undefined ? path : `/home/${SOMEBODY}${path.slice(home.home.length)}`;
  const names = new Set(accounts.map(({ name }) => name));
  return rest
    .split('/')
    .map((part, i, parts) => ((i === 2 && parts[1] === 'home') || names.has(part) ? SOMEBODY : part))
    .join('/');
}
