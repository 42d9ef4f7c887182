// The hub's settings: one table, from which the reader, the errors and the help text are made.
// Precedence: flags > environment > file > default. Reads the settings file and nothing else; changes nothing.
//
//   readSettings({ flags, env }): Settings     throws TocsinError('input') with one clear sentence
//   settingsHelp(): string                     all three names of each setting, default and explanation
//   settingFlags(): { flags, explain }[]       as commander's `option(flags, description)` wants them
//
// A new setting is one row of settings-table.ts (name in the file = key; flag and environment name derive from it).
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { Env, Setting } from './settings-table.ts';
import { defaultData, SETTINGS } from './settings-table.ts';
import { layoutOf } from './store/layout.ts';

export const SETTINGS_LIMITS = { fileBytes: 64 * 1024 } as const;

type SettingName = keyof typeof SETTINGS;
export type Settings = { readonly [Name in SettingName]: ReturnType<(typeof SETTINGS)[Name]['parse']> };

export interface SettingsInput {
  /** What the command line gave, by setting name (others are ignored). */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Env;
}

/** One value as somebody wrote it, and where. */
interface Given {
  readonly text: string;
  /** A value of the settings file that is neither text nor a number; `text` then shows it. */
  readonly json?: unknown;
  /** The words by which an error names the place, as "--listen". */
  readonly place: string;
}

const NAMES = Object.keys(SETTINGS) as readonly SettingName[];
const ENV_PREFIX = 'TOCSIN_HUB_';

/** All settings, each checked. Throws 'input' for an unknown name, a wrong value or an unreadable file. */
export function readSettings(input: SettingsInput): Settings {
  refuseUnknownEnv(input.env);
  const near = (name: SettingName) => fromFlags(name, input.flags) ?? fromEnv(name, input.env);
  const named = near('config');
  const chosen = named === null ? null : parseGiven('config', named);
  const data = near('data');
  const own =
    chosen === null
      ? layoutOf(data === null ? defaultData(input.env) : parseGiven('data', data)).settingsFile
      : null;
  const file = readSettingsFile(chosen ?? own ?? '', chosen !== null);
  const values = NAMES.map((name) => {
    if (name === 'config') return [name, chosen];
    const given = near(name) ?? file.get(name) ?? null;
    return [name, given === null ? SETTINGS[name].fallback(input.env) : parseGiven(name, given)];
  });
  return Object.fromEntries(values) as Settings;
}

/** The table for `--help`. */
export function settingsHelp(): string {
  const rows = NAMES.map((name) => {
    const { value, explain, fallbackWords } = SETTINGS[name];
    const inFile = name === 'config' ? '' : `  "${name}"`;
    return `  ${flagOf(name)} ${value}  ${envNames(name).join(' or ')}${inFile}\n      ${explain}\n      default: ${fallbackWords}`;
  });
  return `Settings (flag, environment, name in the settings file; the first one given wins):\n${rows.join('\n')}\n`;
}

/** For commander, in the order of the table. */
export function settingFlags(): readonly { readonly flags: string; readonly explain: string }[] {
  return NAMES.map((name) => ({
    flags: `${flagOf(name)} <${SETTINGS[name].value}>`,
    explain: SETTINGS[name].explain,
  }));
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function envNames(name: SettingName): string[] {
  const own = ENV_PREFIX + name.replace(/[A-Z]/g, '_$&').toUpperCase();
  return [own, ...(SETTINGS[name].alsoEnv ?? [])];
}

function fromFlags(name: SettingName, flags: Readonly<Record<string, unknown>>): Given | null {
  const value = flags[name];
  return value === undefined || value === null ? null : { text: String(value), place: flagOf(name) };
}

function fromEnv(name: SettingName, env: Env): Given | null {
  for (const place of envNames(name)) {
    const text = env[place];
    // Empty is how a container says "not set".
    if (text !== undefined && text !== '') return { text, place };
  }
  return null;
}

function refuseUnknownEnv(env: Env): void {
  const known = NAMES.flatMap(envNames);
  for (const name of Object.keys(env)) {
    if (name.startsWith(ENV_PREFIX) && !known.includes(name)) {
      throw new TocsinError(
        'input',
        `Cannot use the environment variable '${name}': no setting has that name, want one of ${known.filter((each) => each.startsWith(ENV_PREFIX)).join(', ')}`,
      );
    }
  }
}

function parseGiven<Name extends SettingName>(name: Name, given: Given): Settings[Name] {
  const row: Setting<unknown> = SETTINGS[name];
  try {
    const parsed = given.json !== undefined && row.json ? row.json(given.json) : row.parse(given.text);
    return parsed as Settings[Name];
  } catch (error) {
    const shown = row.secret === true ? '' : ` '${given.text.slice(0, 200)}'`;
    throw new TocsinError(
      'input',
      `Cannot use ${given.place}${shown}: ${error instanceof Error ? error.message : ''}`,
    );
  }
}

function readSettingsFile(path: string, required: boolean): ReadonlyMap<SettingName, Given> {
  const file = basename(path);
  const refuse = (state: string): never => {
    throw new TocsinError('input', `Cannot read the settings file '${file}': ${state}`);
  };
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (!required && (code === 'ENOENT' || code === 'ENOTDIR')) return new Map();
    return refuse(
      `${code === 'ENOENT' ? 'it is not there' : `the system says ${code}`}, want a readable JSON file`,
    );
  }
  if (text.length > SETTINGS_LIMITS.fileBytes)
    return refuse(`it is larger than ${SETTINGS_LIMITS.fileBytes} bytes, want a small JSON object`);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return refuse('it is not JSON, want one object as {"listen": "0.0.0.0:8743"}');
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    return refuse('it holds no JSON object, want one as {"listen": "0.0.0.0:8743"}');
  }
  return parseFileRows(content, file);
}

function parseFileRows(content: object, file: string): ReadonlyMap<SettingName, Given> {
  const rows = new Map<SettingName, Given>();
  const allowed = NAMES.filter((name) => name !== 'config');
  for (const [key, value] of Object.entries(content)) {
    const name = allowed.find((each) => each === key);
    if (name === undefined) {
      throw new TocsinError(
        'input',
        `Cannot use "${key.slice(0, 100)}" in ${file}: no setting has that name, want one of ${allowed.join(', ')}`,
      );
    }
    const plain = typeof value === 'string' || typeof value === 'number';
    const row: Setting<unknown> = SETTINGS[name];
    if (!plain && row.json === undefined) {
      throw new TocsinError(
        'input',
        `Cannot use "${name}" in ${file}: its value is neither text nor a number, want ${row.value}`,
      );
    }
    const place = `"${name}" in ${file}`;
    rows.set(
      name,
      plain ? { text: String(value), place } : { text: JSON.stringify(value), json: value, place },
    );
  }
  return rows;
}
