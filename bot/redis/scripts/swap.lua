-- Replaces a value, if it is the expected one.
--   KEYS  1 the key
--   ARGV  1 expected, 2 new
-- Returns what stands there in the end.
local found = redis.call('GET', KEYS[1]) or ''
if found ~= ARGV[1] then return { found } end
redis.call('SET', KEYS[1], ARGV[2])
return { ARGV[2] }
