-- Files one message of a running discussion.
--   KEYS  1 live, 2 versions, 3 entries, 4 order
--   ARGV  1 channel, 2 discussion, 3 its version as known, 4 message, 5 entry,
--         which begins with its revision and a blank, 6 revision
-- Returns filed, changed (it was there, as an older revision), older (it was
-- there, as this revision or a newer one) or, if what is known of the discussion
-- is out of date, stale.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] or redis.call('HGET', KEYS[2], ARGV[2]) ~= ARGV[3] then
  return 'stale'
end
if redis.call('HSETNX', KEYS[3], ARGV[4], ARGV[5]) == 1 then
  redis.call('RPUSH', KEYS[4], ARGV[4])
  return 'filed'
end
-- Revisions may be greater than a number can tell exactly.
local known, given = string.match(redis.call('HGET', KEYS[3], ARGV[4]), '^(%d+) '), ARGV[6]
if #given < #known or #given == #known and given <= known then return 'older' end
redis.call('HSET', KEYS[3], ARGV[4], ARGV[5])
return 'changed'
