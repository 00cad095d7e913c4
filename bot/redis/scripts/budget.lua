-- Keeps what is sent on a connection within the platform's limits. Each limit is a
-- bucket: so many messages in any period. Whether a message may be sent depends on
-- what was sent in the last period alone. Who waits for a bucket only says when to
-- ask again, so that each lane that waits asks when it is its turn.
--   KEYS  for each bucket: when the last messages were sent, in ms, newest first;
--         the lanes that wait for it, by the time at which each was to ask again
--   ARGV  1 time, 2 what: take, hold, 3 lane, 4 '1' for live, 5 hold: the bucket,
--         6 hold: for how long, in ms; then for each bucket: how many messages, in
--         how many ms, and how many this one counts for
-- Returns '1' if the message may be sent, which then counts as sent, and in how
-- many ms; otherwise '0' and in how many ms to ask again. To hold keeps everybody
-- from one bucket; a lane that was refused in the first goes before others in the
-- second.
local now = now_ms(ARGV[1])
local lane, live = ARGV[3], ARGV[4] == '1'

-- Live lanes stand before all others: those have this much added to their time.
local others = 1e13
-- A lane may go this much before its turn, in ms: those before it are late.
local disorder = 100
-- Asking takes time, so it is due a little early, and answered a little earlier.
local early, ahead = 20, 40
-- One that is put off keeps its place, but does not count as later than this.
local put_off = 1000
-- One that is later than this will not come.
local patience = 5000

-- How many lanes go before this one.
local function before(b)
  redis.call('ZREMRANGEBYSCORE', b.waiting, '-inf', int(now - patience))
  redis.call('ZREMRANGEBYSCORE', b.waiting, int(others), int(others + now - patience))
  local rank = redis.call('ZRANK', b.waiting, lane)
  if rank then return rank end
  if live then return redis.call('ZCOUNT', b.waiting, '-inf', '(' .. int(others)) end
  return redis.call('ZCARD', b.waiting)
end

-- When there is room for the message.
local function room(b)
  local most, at = b.most, now
  if not live and most > 1 then most = most - 1 end -- the last is kept for live
  local function within(n, period)
    local earlier = redis.call('LINDEX', b.sent, math.max(n - b.takes, 0))
    if earlier then at = math.max(at, tonumber(earlier) + period) end
  end
  within(most, b.period)
  -- Many messages are spread over the period: in a fifth of it no more than a
  -- quarter of them, so that what is late can be made up for.
  if most >= 20 then within(math.ceil(most / 4), b.period / 5) end
  return at
end

-- Makes it so that there is no room before a time.
local function hold(b, till)
  local times = redis.call('LRANGE', b.sent, 0, b.most - 1)
  for n = 1, b.most do times[n] = int(math.max(tonumber(times[n] or 0), till - b.period)) end
  redis.call('DEL', b.sent)
  redis.call('RPUSH', b.sent, unpack(times))
  redis.call('PEXPIRE', b.sent, int(tonumber(times[1]) - now + b.period + 1000))
end

local function note(b, at)
  local latest = int(math.max(at, tonumber(redis.call('LINDEX', b.sent, 0) or 0)))
  for _ = 1, b.takes do redis.call('LPUSH', b.sent, latest) end
  redis.call('LTRIM', b.sent, 0, b.most - 1)
  redis.call('PEXPIRE', b.sent, int(b.period + 1000))
end

local base = live and 0 or others

local function wait(b, place)
  redis.call('ZADD', b.waiting, string.format('%.0f', base + place), lane)
  local lasts = place - now + 2 * patience
  if redis.call('PTTL', b.waiting) < lasts then redis.call('PEXPIRE', b.waiting, int(lasts)) end
end

local buckets = {}
for i = 1, #KEYS / 2 do
  buckets[i] = { sent = KEYS[2 * i - 1], waiting = KEYS[2 * i],
                 most = tonumber(ARGV[4 + 3 * i]), period = tonumber(ARGV[5 + 3 * i]),
                 takes = tonumber(ARGV[6 + 3 * i]) }
end

if ARGV[2] == 'hold' then
  local held = tonumber(ARGV[5])
  hold(buckets[held], now + tonumber(ARGV[6]))
  if held == 1 then wait(buckets[2], now) end
  return { '0', ARGV[6] }
end

local may, at, turn, last = true, now, now, nil
for _, b in ipairs(buckets) do
  local free, behind = room(b), before(b) * b.period / b.most
  if free > now + ahead or behind > disorder then may = false end
  at = math.max(at, free)
  if free + behind > turn then turn, last = free + behind, b end
end
-- It waits where it has to wait longest, and stands in nobody's way elsewhere.
for _, b in ipairs(buckets) do
  if may then note(b, at) end
  if may or b ~= last then redis.call('ZREM', b.waiting, lane) end
end
if may then return { '1', int(math.ceil(at - now)) } end
local place = redis.call('ZSCORE', last.waiting, lane)
wait(last, place and math.max(tonumber(place) - base, turn - put_off) or turn)
return { '0', int(math.max(math.ceil(turn - now - early), 1)) }
