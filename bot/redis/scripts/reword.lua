-- Replaces fields of a hash, each if it is the expected one.
--   KEYS  1 the hash
--   ARGV  field, expected, new; again and again
-- Returns how many were replaced.
local done = 0
for i = 1, #ARGV, 3 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
    done = done + 1
  end
end
return { int(done) }
