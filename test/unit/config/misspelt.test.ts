import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config/config.ts';
import { misspeltVariables } from '../../../src/config/misspelt.ts';
import { VARIABLE_NAMES } from '../../../src/config/variable-names.ts';

const meantBy = (name: string) =>
  /Did you mean (\w+)\?/.exec(misspeltVariables({ [name]: 'x' }, VARIABLE_NAMES)[0] ?? '')?.[1];

describe('misspelt variables', () => {
  it.each([
    ['OPENAI_API_KYE', 'OPENAI_API_KEY'],
    ['OPENAI_KEY', 'OPENAI_API_KEY'],
    ['OPENAI_APIKEY', 'OPENAI_API_KEY'],
    ['DEEPGRAM_API_KEYS', 'DEEPGRAM_API_KEY'],
    ['openai_api_key', 'OPENAI_API_KEY'],
    ['PROT', 'PORT'],
    ['DATADIR', 'DATA_DIR'],
    ['PUBLIC_URI', 'PUBLIC_URL'],
    ['PRIVTE', 'PRIVATE'],
    ['LOG_LEVL', 'LOG_LEVEL'],
    ['OMI_TOKN', 'OMI_TOKEN'],
  ])('%s is taken for %s', (name, meant) => {
    expect(meantBy(name)).toBe(meant);
  });

  it.each([
    ...['PATH', 'HOME', 'USER', 'LANG', 'TERM', 'SHELL', 'PWD', 'EDITOR', 'HOSTNAME', 'LOGNAME'],
    ...['http_proxy', 'https_proxy', 'no_proxy', 'FTP_PROXY', 'ftp_proxy', 'ALL_PROXY', 'NODE_ENV'],
    ...['OPENAI_ORG_ID', 'XDG_DATA_HOME', 'DISPLAY', 'npm_config_port', 'CI', 'TZ', 'OMI_TOKEN'],
  ])('%s is left alone', (name) => {
    expect(meantBy(name)).toBeUndefined();
  });

  it('leaves every variable that is read alone', () => {
    for (const name of VARIABLE_NAMES) expect(meantBy(name)).toBeUndefined();
  });

  it('is a notice of the configuration, without the value', () => {
    const { notices } = readConfig({ OPENAI_API_KYE: 'sk-secret' });
    expect(notices).toEqual([
      'OPENAI_API_KYE is set, but there is no such variable. Did you mean OPENAI_API_KEY?',
    ]);
  });

  it('is part of the error that another variable causes', () => {
    expect(() => readConfig({ OPENAI_API_KYE: 'sk-secret', OPENAI_MODEL: 'x' })).toThrow(
      /OPENAI_MODEL is set, but has no effect .* Did you mean OPENAI_API_KEY\?/,
    );
  });
});
