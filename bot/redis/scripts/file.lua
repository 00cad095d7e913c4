-- Files one message of a running discussion.
--   KEYS  1 live, 2 versions, 3 entries, 4 order
--   ARGV  1 channel, 2 discussion, 3 its version as known, 4 message, 5 entry,
--         6 revision
-- Returns filed, changed (it was there, as an older revision), older (it was
-- there, as this revision or a newer one) or, if what is known of the discussion
-- is out of date, stale.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] or redis.call('HGET', KEYS[2], ARGV[2]) ~= ARGV[3] then
  return 'stale'
end
local before = redis.call('HGET', KEYS[3], ARGV[4])
if before then
  -- An entry begins with its revision, so that it need not be decoded here.
  local known = tonumber(string.match(before, '^(%d+) '))
  if tonumber(ARGV[6]) <= known then return 'older' end
  redis.call('HSET', KEYS[3], ARGV[4], ARGV[6] .. ' ' .. ARGV[5])
  return 'changed'
end
redis.call('HSET', KEYS[3], ARGV[4], ARGV[6] .. ' ' .. ARGV[5])
redis.call('RPUSH', KEYS[4], ARGV[4])
return 'filed'
