-- Counts tries in a time that begins with the first of them.
--   KEYS  1 the count: how many, a blank, when the first was, in ms
--   ARGV  1 time, 2 how long they count, in ms, 3 how many more (-1: one less)
-- Returns how many there are.
local now = now_ms(ARGV[1])
local count, since = string.match(redis.call('GET', KEYS[1]) or '', '^(%d+) (%d+)$')
if not count or now - tonumber(since) >= tonumber(ARGV[2]) then count, since = 0, int(now) end
count = math.max(tonumber(count) + tonumber(ARGV[3]), 0)
redis.call('SET', KEYS[1], int(count) .. ' ' .. since, 'PX', ARGV[2])
return { int(count) }
