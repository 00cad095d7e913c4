-- Moves a lane on. Whoever began last holds it; others change nothing, except
-- that what they have sent is known as sent.
--   KEYS  1 posts, 2 queue, 3 sending, 4 lanes, 5 changes, 6 sent, 7 sentat,
--         8 undelivered, 9 undeliveredat, 10 undeliveredid, 11 unreported,
--         12 unreached, 13 messages of the record that the ended item belongs to,
--         14 jobs, 15 due, 16 lease, 17 next, 18 tries, 19 what was sent to the
--         person of the lane
--   ARGV  1 time, 2 lane, 3 what: begin, end, pause, 4 holder, 5 entry, 6 outcome
--         ('changed' for a change, however it ended, 'apart' for
--         what goes to people one by one), 7 message (sent) or report
--         (otherwise), 8 message id to know under the record ('' for none), 9 what
--         to know it as, 10 state to pause with ('' for none), 11 id of the
--         report, 12 whose direct message it was ('' for nobody's), 13 job that
--         tells an organizer ('' for none), 14 its body
-- Returns {'begun', …}, {'empty'} or {'not yet'} for begin and end, {'ok'} for
-- pause, and {'lost'} to those who do not hold the lane.
local now = now_ms(ARGV[1])
local P = { posts = KEYS[1], queue = KEYS[2], sending = KEYS[3], lanes = KEYS[4], changes = KEYS[5], sent = KEYS[6] }
local sentat = KEYS[7]
local U = { entries = KEYS[8], at = KEYS[9], ids = KEYS[10], unreported = KEYS[11], unreached = KEYS[12] }
local lane, what, holder, entry = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local month = 30 * 24 * 3600 * 1000
-- So many entries are kept of what was not delivered, and so many are told to one
-- person.
local most, most_told = 500, 5
-- Those that fail together are reported together.
local together = 10000

if what == 'begin' then
  redis.call('HSET', P.lanes, lane, holder)
  return lane_begin(P, lane, now)
end
local holds = redis.call('HGET', P.lanes, lane) == holder
if what == 'pause' then
  if not holds then return { 'lost' } end
  if ARGV[10] == '' then
    redis.call('HDEL', P.sending, entry)
  elseif redis.call('HEXISTS', P.sending, entry) == 1 then
    redis.call('HSET', P.sending, entry, ARGV[10])
  end
  return { 'ok' }
end

local function delivered(key)
  local report = redis.call('HGET', U.entries, key)
  if report then undelivered_drop(U, key, report) end
end

local function undelivered(member, key)
  redis.call('HSET', U.entries, key, ARGV[7])
  redis.call('ZADD', U.at, int(now), key)
  redis.call('HSET', U.ids, ARGV[11], key)
  if ARGV[12] ~= '' then
    local from, to = '[' .. ARGV[12] .. US, '(' .. ARGV[12] .. ' '
    redis.call('ZADD', U.unreached, 0, ARGV[12] .. string.sub(member, #lane + 1))
    for _, old in ipairs(redis.call('ZREVRANGEBYLEX', U.unreached, to, from, 'LIMIT', most_told, most)) do
      redis.call('ZREM', U.unreached, old)
    end
  elseif ARGV[13] ~= '' then
    redis.call('ZADD', U.unreported, int(now), key)
    job_ensure(job_keys(14), ARGV[13], int(now + together), ARGV[14])
  end
end

local member, head = lane_head(P.queue, lane)
if ARGV[6] == 'changed' then
  if holds and head == entry then lane_drop(P, member, entry) end
elseif ARGV[6] == 'sent' then
  for _, key in ipairs(entry == ARGV[9] and { entry } or { entry, ARGV[9] }) do
    redis.call('HSET', P.sent, key, ARGV[7])
    redis.call('ZADD', sentat, int(now), key)
    sent_to(KEYS[19], lane, int(now), key)
    delivered(key)
  end
  if ARGV[8] ~= '' then redis.call('HSET', KEYS[13], ARGV[8], ARGV[9]) end
  if head == entry then lane_drop(P, member, entry) end
elseif ARGV[6] == 'apart' then
  if holds and head == entry then
    -- It has ended, as no message of its own.
    redis.call('HSET', P.sent, entry, '')
    redis.call('ZADD', sentat, int(now), entry)
    lane_drop(P, member, entry)
  end
elseif holds and head == entry then
  undelivered(member, entry)
  lane_drop(P, member, entry)
end

for _, old in ipairs(redis.call('ZRANGEBYSCORE', sentat, '-inf', int(now - month), 'LIMIT', 0, 5)) do
  redis.call('ZREM', sentat, old)
  redis.call('HDEL', P.sent, old)
end
local stale = redis.call('ZRANGEBYSCORE', U.at, '-inf', int(now - month), 'LIMIT', 0, 5)
if #stale == 0 and redis.call('ZCARD', U.at) > most then stale = redis.call('ZRANGE', U.at, 0, 0) end
for _, key in ipairs(stale) do undelivered_drop(U, key, redis.call('HGET', U.entries, key)) end

if not holds then return { 'lost' } end
return lane_begin(P, lane, now)
