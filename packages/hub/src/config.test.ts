import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { readSettings, SETTINGS_LIMITS, settingFlags, settingsHelp } from './config.ts';
import { SETTINGS } from './settings-table.ts';

const NO_LOOKUP_PORT = {
  lookupListen: null,
  lookupThreads: Math.min(16, Math.max(1, availableParallelism() - 1)),
};
const NO_BROWSERS = {
  browserListen: null,
  browserCertificate: null,
  browserKey: null,
  browserName: null,
} as const;

/** What is said of an operator who says nothing. */
const NO_TERMS = {
  operatorName: null,
  operatorAddress: null,
  operatorContact: null,
  privacyContact: null,
  securityContact: null,
  representative: null,
  authority: null,
  storagePlaces: [],
  retentionDays: null,
  partners: [],
  jurisdiction: null,
  optInEverywhere: false,
  edition: 'basic',
};

/** A data directory with this text as its hub.json. */
function dataWith(t: TestContext, text?: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  if (text !== undefined) writeFileSync(join(directory, 'hub.json'), text);
  return directory;
}

test('flags win over the environment, that over the file, that over the default', (t) => {
  const data = dataWith(
    t,
    '{"listen": "file:1", "tokenLifetime": 100, "rootKey": "/file.key", "databaseUrl": "postgres://h/file"}',
  );
  const env = {
    TOCSIN_HUB_LISTEN: 'env:2',
    TOCSIN_HUB_TOKEN_LIFETIME: '200',
    TOCSIN_HUB_ROOT_KEY: '/env.key',
    PATH: '/bin',
  };
  const settings = readSettings({
    flags: { data, listen: '[::1]:3', tokenLifetime: '300', unrelated: true },
    env,
  });
  assert.deepEqual(settings, {
    data,
    config: null,
    listen: { host: '::1', port: 3 },
    tokenLifetime: 300,
    addressDays: 30,
    rootKey: '/env.key',
    databaseUrl: 'postgres://h/file',
    ...NO_BROWSERS,
    ...NO_LOOKUP_PORT,
    ...NO_TERMS,
  });
  const defaults = readSettings({ flags: {}, env: { TOCSIN_HUB_DATA: join(data, 'absent') } });
  assert.deepEqual(defaults, {
    data: join(data, 'absent'),
    config: null,
    listen: { host: '127.0.0.1', port: 8743 },
    tokenLifetime: 3600,
    addressDays: 30,
    rootKey: null,
    databaseUrl: null,
    ...NO_BROWSERS,
    ...NO_LOOKUP_PORT,
    ...NO_TERMS,
  });
});

test('a named file takes the place of hub.json, and may name the data directory', (t) => {
  const data = dataWith(t, '{"listen": "own:1"}');
  const file = join(data, 'other.json');
  writeFileSync(file, `{"data": ${JSON.stringify(data)}}`);
  for (const input of [
    { flags: { config: file }, env: {} },
    { flags: {}, env: { TOCSIN_HUB_CONFIG: file } },
  ]) {
    const settings = readSettings(input);
    assert.equal(settings.data, data);
    assert.equal(settings.config, file);
    assert.deepEqual(settings.listen, SETTINGS.listen.fallback({}));
  }
});

test('DATABASE_URL counts as environment, after its own name; empty variables count as not set; paths are from here', () => {
  const read = (env: Record<string, string>) => readSettings({ flags: { data: 'some/where' }, env });
  assert.equal(read({ DATABASE_URL: 'postgres://h/a' }).databaseUrl, 'postgres://h/a');
  assert.equal(
    read({ DATABASE_URL: 'postgres://h/a', TOCSIN_HUB_DATABASE_URL: 'postgres://h/b' }).databaseUrl,
    'postgres://h/b',
  );
  assert.equal(read({ DATABASE_URL: '', TOCSIN_HUB_LISTEN: '' }).databaseUrl, null);
  assert.equal(read({}).data, resolve('some/where'));
});

test('each mistake is one sentence that names the place, what is there and what is wanted', (t) => {
  const cases: [
    flags: Record<string, unknown>,
    env: Record<string, string>,
    file: string | undefined,
    words: RegExp,
  ][] = [
    [
      { listen: '127.0.0.1' },
      {},
      undefined,
      /^Cannot use --listen '127\.0\.0\.1': it is no address with a port, want HOST:PORT/,
    ],
    [{ listen: '::1:80' }, {}, undefined, /^Cannot use --listen '::1:80': it is no address with a port/],
    [{ listen: 'h:65536' }, {}, undefined, /the port is above 65535/],
    [
      {},
      { TOCSIN_HUB_TOKEN_LIFETIME: '5' },
      undefined,
      /^Cannot use TOCSIN_HUB_TOKEN_LIFETIME '5': it is no whole number in range, want 60 to 2592000$/,
    ],
    [{}, { TOCSIN_HUB_TOKEN_LIFETIME: '1e3' }, undefined, /no whole number/],
    [
      {},
      { TOCSIN_HUB_LISTN: 'x' },
      undefined,
      /^Cannot use the environment variable 'TOCSIN_HUB_LISTN': no setting has that name, want one of TOCSIN_HUB_DATA,/,
    ],
    [
      {},
      {},
      '{"listn": "x:1"}',
      /^Cannot use "listn" in hub\.json: no setting has that name, want one of data, listen,/,
    ],
    [{}, {}, '{"config": "x"}', /^Cannot use "config" in hub\.json: no setting has that name/],
    [{}, {}, '{"listen": 8743}', /^Cannot use "listen" in hub\.json '8743': it is no address/],
    [
      {},
      {},
      '{"listen": ["x:1"]}',
      /^Cannot use "listen" in hub\.json: its value is neither text nor a number, want HOST:PORT/,
    ],
    [{}, {}, '{"listen": ', /^Cannot read the settings file 'hub\.json': it is not JSON/],
    [{}, {}, '[]', /^Cannot read the settings file 'hub\.json': it holds no JSON object/],
    [
      {},
      {},
      ' '.repeat(SETTINGS_LIMITS.fileBytes + 1),
      /^Cannot read the settings file 'hub\.json': it is larger than 65536 bytes/,
    ],
    [
      { config: '/no/such.json' },
      {},
      undefined,
      /^Cannot read the settings file 'such\.json': it is not there, want/,
    ],
    [{ data: '' }, {}, undefined, /^Cannot use --data '': it is empty, want a path/],
    [
      { databaseUrl: 'mysql://me:geheim@h/d' },
      {},
      undefined,
      /^Cannot use --database-url: it does not begin with postgresql:/,
    ],
    [{}, { DATABASE_URL: 'geheim' }, undefined, /^Cannot use DATABASE_URL: it is no URL, want postgresql:/],
    [
      {},
      { DATABASE_URL: 'postgres://me:geheim@h' },
      undefined,
      /^Cannot use DATABASE_URL: it names no database/,
    ],
  ];
  for (const [flags, env, file, words] of cases) {
    const data = dataWith(t, file);
    assert.throws(
      () => readSettings({ flags: { data, ...flags }, env }),
      (error) => {
        assert.ok(error instanceof TocsinError);
        assert.equal(error.code, 'input');
        assert.match(error.message, words);
        assert.doesNotMatch(error.message, /geheim|\n/);
        return true;
      },
    );
  }
});

test('a settings file that is there and cannot be read is an error, not a default', (t) => {
  const data = dataWith(t);
  mkdirSync(join(data, 'hub.json'));
  chmodSync(data, 0o700);
  assert.throws(() => readSettings({ flags: { data }, env: {} }), {
    message: /the system says EISDIR, want a readable/,
  });
});

test('the help lists for every setting its flag, environment name, file name, default and explanation', () => {
  const help = settingsHelp();
  for (const [name, row] of Object.entries(SETTINGS)) {
    for (const words of [row.explain, `default: ${row.fallbackWords}`])
      assert.ok(help.includes(words), words);
    assert.equal(help.includes(`"${name}"`), name !== 'config');
  }
  assert.match(help, /--database-url URL {2}TOCSIN_HUB_DATABASE_URL or DATABASE_URL {2}"databaseUrl"/);
  assert.deepEqual(settingFlags()[2], { flags: '--listen <HOST:PORT>', explain: SETTINGS.listen.explain });
});

test('any text as a value or a file is settings or an error of ours', (t) => {
  const data = dataWith(t);
  const tryRead = (flags: Record<string, unknown>): void => {
    try {
      readSettings({ flags: { data, ...flags }, env: {} });
    } catch (error) {
      assert.ok(error instanceof TocsinError && error.code === 'input', String(error));
    }
  };
  const names = Object.keys(SETTINGS).filter((name) => name !== 'config');
  fc.assert(fc.property(fc.constantFrom(...names), fc.string(), (name, text) => tryRead({ [name]: text })));
  const file = join(data, 'any.json');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.string(),
        fc.dictionary(fc.constantFrom(...names), fc.jsonValue()).map((v) => JSON.stringify(v)),
      ),
      (text) => {
        writeFileSync(file, text);
        tryRead({ config: file });
      },
    ),
  );
});
