-- Replaces what is kept of a member who exists, if the version is the expected one.
--   KEYS  1 members, 2 members:v
--   ARGV  1 member id, 2 member, 3 expected version (0: never changed)
-- Returns 'ok', 'gone' or 'conflict'.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 'gone' end
if (redis.call('HGET', KEYS[2], ARGV[1]) or '0') ~= ARGV[3] then return 'conflict' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HINCRBY', KEYS[2], ARGV[1], 1)
return 'ok'
