-- Lets one of all processes ask a host at a time, and leaves it alone for a while
-- after each time.
--   KEYS  1 until when nobody else may ask, in ms
--   ARGV  1 time, 2 'begin' or the turn that ends, 3 for how long, in ms
-- To begin returns {'0', turn} or {how many ms others have it}; to end, {}. A turn
-- that others have taken over because it took too long does not end theirs.
local now = now_ms(ARGV[1])
local till = tonumber(redis.call('GET', KEYS[1]) or 0)
local function keep(t)
  redis.call('SET', KEYS[1], int(t), 'PX', int(tonumber(ARGV[3]) + 1000))
end
if ARGV[2] == 'begin' then
  if till > now then return { int(till - now) } end
  local turn = now + tonumber(ARGV[3])
  keep(turn)
  return { '0', int(turn) }
end
if int(till) == ARGV[2] then keep(now + tonumber(ARGV[3])) end
return {}
