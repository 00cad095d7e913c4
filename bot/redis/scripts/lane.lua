-- Moves a lane on. Whoever began last holds it; others change nothing, except
-- that what they have sent is known as sent.
--   KEYS  1 posts, 2 queue, 3 sending, 4 lanes, 5 sent, 6 sentat, 7 undelivered,
--         8 messages of the record that the ended item belongs to
--   ARGV  1 time, 2 lane, 3 what: begin, end, pause, 4 holder, 5 delivery key,
--         6 outcome, 7 message (sent) or report (otherwise), 8 message id to
--         know under the record ('' for none), 9 state to pause with
-- Returns {'begun', …} or {'empty'} for begin and end, {'ok'} for pause, and
-- {'lost'} to those who do not hold the lane.
local now = now_ms(ARGV[1])
local P = { posts = KEYS[1], queue = KEYS[2], sending = KEYS[3], lanes = KEYS[4] }
local lane, what, holder, key = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local month = 30 * 24 * 3600 * 1000

if what == 'begin' then
  redis.call('HSET', P.lanes, lane, holder)
  return lane_begin(P, lane, now)
end
local holds = redis.call('HGET', P.lanes, lane) == holder
if what == 'pause' then
  if not holds then return { 'lost' } end
  if redis.call('HEXISTS', P.sending, key) == 1 then redis.call('HSET', P.sending, key, ARGV[9]) end
  return { 'ok' }
end

local member, head = lane_head(P.queue, lane)
if ARGV[6] == 'sent' then
  redis.call('HSET', KEYS[5], key, ARGV[7])
  redis.call('ZADD', KEYS[6], int(now), key)
  if ARGV[8] ~= '' then redis.call('HSET', KEYS[8], ARGV[8], key) end
  if head == key then lane_drop(P, member, key) else redis.call('HDEL', KEYS[7], key) end
elseif holds and head == key then
  redis.call('HSET', KEYS[7], key, ARGV[7])
  lane_drop(P, member, key)
end
for _, old in ipairs(redis.call('ZRANGEBYSCORE', KEYS[6], '-inf', int(now - month), 'LIMIT', 0, 5)) do
  redis.call('ZREM', KEYS[6], old)
  redis.call('HDEL', KEYS[5], old)
end
if not holds then return { 'lost' } end
return lane_begin(P, lane, now)
