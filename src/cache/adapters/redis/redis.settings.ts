import { isLoopbackHost } from '../../../kernel/loopback.ts';
import { integer, optionalUrl, secret, text } from '../../../kernel/variable.ts';
import { describeCache } from '../../cache-engine.ts';

export const redis = describeCache({
  name: 'redis',
  title: 'Redis (`CACHE=redis`)',
  variables: {
    REDIS_URL: optionalUrl({
      description: 'Address of Redis; `rediss` is Redis behind TLS.',
      absent: 'made from REDIS_DB_HOST and REDIS_DB_PORT',
      schemes: ['redis', 'rediss'],
    }),
    REDIS_DB_HOST: text({
      description: 'Host of Redis, if REDIS_URL is not set.',
      fallback: '127.0.0.1',
    }),
    REDIS_DB_PORT: integer({
      description: 'Port of Redis, if REDIS_URL is not set.',
      fallback: 6379,
      min: 1,
      max: 65_535,
    }),
    REDIS_DB_PASSWORD: secret({ description: "Redis' password.", absent: 'none is sent' }),
    REDIS_KEY_PREFIX: text({
      description:
        "Stands before every key and channel, so that one Redis may serve several products. The rest of a key is as Omi's server names it.",
      fallback: 'omi-backend:',
    }),
    REDIS_TIMEOUT_MS: integer({
      description:
        'Milliseconds after which a command is given up and the server works without the cache for a while.',
      fallback: 250,
      min: 10,
      max: 10_000,
    }),
  },
  noticed: [],
  traits: {},
  read: (values, { isPrivate }, problems) => {
    const url = values.REDIS_URL ?? `redis://${values.REDIS_DB_HOST}:${values.REDIS_DB_PORT}`;
    if (isPrivate && !isLoopbackHost(new URL(url).hostname)) {
      problems.push('PRIVATE is set, but Redis is on another machine; use CACHE=in-process.');
    }
    return {
      url,
      password: values.REDIS_DB_PASSWORD,
      keyPrefix: values.REDIS_KEY_PREFIX,
      timeoutMs: values.REDIS_TIMEOUT_MS,
    };
  },
  open: async ({ password, ...settings }, { logger }) => {
    const { openRedisCache } = await import('./redis-cache.ts');
    return openRedisCache({ ...settings, password: password?.reveal() ?? null, logger });
  },
});
