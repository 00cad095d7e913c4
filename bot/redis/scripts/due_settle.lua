-- Sets a picked group's hint to what was found, unless somebody scheduled
-- meanwhile: then the hint can only become earlier.
--   KEYS  1 due index        ARGV  1 group, 2 hidden until, 3 next due ('' for none)
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if score and tonumber(score) == tonumber(ARGV[2]) then
  if ARGV[3] == '' then
    redis.call('ZREM', KEYS[1], ARGV[1])
  else
    redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
  end
elseif ARGV[3] ~= '' and (not score or tonumber(ARGV[3]) < tonumber(score)) then
  redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
end
return 1
