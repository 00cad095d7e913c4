-- Lets what a member keeps of a library be in the list of another one too, whom they
-- have become, or takes it out there again. What they keep stays in their own list, so
-- that it is known what has followed: it has the same time in both.
--   KEYS  1 kept by the member, 2 kept by the other one, 3 who keeps something
--   ARGV  1 'follow' or 'give back', 2 the other one
-- Returns {}. Doing it twice changes nothing.
local kept = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #kept, 2 do
  if ARGV[1] == 'follow' then
    redis.call('ZADD', KEYS[2], 'NX', kept[i + 1], kept[i])
    redis.call('ZADD', KEYS[3], 0, ARGV[2])
  elseif redis.call('ZSCORE', KEYS[2], kept[i]) == kept[i + 1] then
    redis.call('ZREM', KEYS[2], kept[i])
  end
end
return {}
