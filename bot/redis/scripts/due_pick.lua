-- Picks groups that have something due and hides each from other workers until
-- its hint is settled, or for a while if the worker dies.
--   KEYS  1 due index        ARGV  1 time, 2 most groups, 3 hidden for, in ms
-- Returns what hides them, then the groups. It has a fraction by which others see
-- that somebody is looking.
local now = now_ms(ARGV[1])
local groups = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', int(now), 'LIMIT', 0, ARGV[2])
local hidden = int(now + tonumber(ARGV[3])) .. '.01'
for _, g in ipairs(groups) do redis.call('ZADD', KEYS[1], hidden, g) end
table.insert(groups, 1, hidden)
return groups
