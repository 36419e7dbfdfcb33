/**
 * What Redis has to do in one step. Each script gets its keys through KEYS, so that the key prefix
 * is put before them.
 */
export const REDIS_SCRIPTS = {
  /** KEYS[1] counter; ARGV: by, ttl in ms. Answers count and remaining ms. */
  countWindow: {
    numberOfKeys: 1,
    lua: `local count = redis.call('INCRBY', KEYS[1], ARGV[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  left = tonumber(ARGV[2])
end
return {count, left}`,
  },
  /** KEYS[1] lock, KEYS[2] its last token; ARGV: owner, ttl in ms. Answers the token, or nil. */
  takeLock: {
    numberOfKeys: 2,
    lua: `if redis.call('EXISTS', KEYS[1]) == 1 then return nil end
local time = redis.call('TIME')
local token = time[1] * 1000000 + time[2]
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
if token <= last then token = last + 1 end
redis.call('SET', KEYS[2], string.format('%.0f', token), 'PX', 86400000)
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return string.format('%.0f', token)`,
  },
  /** KEYS[1] lock; ARGV: owner. Answers 1 where it was held. */
  freeLock: {
    numberOfKeys: 1,
    lua: `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`,
  },
  /** KEYS[1] place; ARGV: member, ttl in ms. Times are Redis' own. */
  appearAt: {
    numberOfKeys: 1,
    lua: `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
redis.call('PEXPIREAT', KEYS[1], last[2] + 1000)
return 1`,
  },
  /** KEYS[1] place. Answers who is there. */
  whoIsAt: {
    numberOfKeys: 1,
    lua: `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', now), '+inf')`,
  },
} as const;
