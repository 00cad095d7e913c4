-- Takes an answer to a check-in in, or that somebody skips it.
--   KEYS  1 jobs, 2 due, 3 lease, 4 next, 5 tries, 6 input claim, 7 open
--         occurrences, 8 turns, 9 answers, 10 sealed answers, 11 journal, 12 goals,
--         13 their versions, 14 the member's, 15 the member's talk, which has said it,
--         16 posts
--   ARGV  1 time, 2 input, 3 occurrence, 4 member, 5 new state, 6 answer in time,
--         7 answer too late, 8 sealed answer ('' for none), 9 its name, 10 until when
--         their window lasts at least, in ms, 11 goals made and gone, 12 effects with the
--         jobs that ask about them, 13 with the summary's job, 14 the delivery key of what asks them
-- Returns {outcome, late, end of their window} or {'repeated'}.
local now = now_ms(ARGV[1])
local K = job_keys(1)
local occurrence, member, state, sealed = ARGV[3], ARGV[4], ARGV[5], ARGV[8]

if ARGV[2] ~= '' and redis.call('EXISTS', KEYS[6]) == 1 then return { 'repeated' } end

local closes, final = string.match(redis.call('HGET', KEYS[7], occurrence) or '', '^(%d+) (%d+)$')
if not closes or now >= tonumber(final) then return { 'too_late', '0', '0' } end

local had, opened, mine = string.match(redis.call('HGET', KEYS[8], member) or '', '^(%S+) (%d+) (%d+)$')
if not mine or mine == '0' then opened, mine = opened or '0', closes end
if tonumber(ARGV[10]) > tonumber(mine) then mine = ARGV[10] end
local late = now >= tonumber(mine)
local answered = had == 'answered'
-- What is anonymous is never late.
if late and sealed ~= '' and not answered then return { 'too_late', '0', mine } end
if answered and (late or state == 'skipped' or sealed ~= '') then return { 'final', '0', mine } end

redis.call('HSET', KEYS[8], member, state .. ' ' .. opened .. ' ' .. mine)
-- Nobody is asked who has said it: what waits for its time is withdrawn.
local asks = redis.call('HGET', KEYS[16], ARGV[14])
if asks and item_held(asks) then redis.call('HDEL', KEYS[16], ARGV[14]) end
-- Who skips may write after all: what was begun is set aside, and goes with the answer.
local begun = redis.call('HGET', KEYS[15], 'd/' .. occurrence)
if begun then
  redis.call('HDEL', KEYS[15], 'd/' .. occurrence)
  if state == 'skipped' then redis.call('HSET', KEYS[15], 'aside/' .. occurrence, begun) end
  redis.call('HINCRBY', KEYS[15], 'v', 1)
end
if state == 'answered' then redis.call('HDEL', KEYS[15], 'aside/' .. occurrence) end
if sealed ~= '' then
  redis.call('HSET', KEYS[10], ARGV[9], sealed)
elseif state == 'answered' then
  if redis.call('HSET', KEYS[9], member, late and ARGV[7] or ARGV[6]) == 1 then
    redis.call('RPUSH', KEYS[11], occurrence)
  end
  local asks = {}
  for _, j in ipairs(cjson.decode(ARGV[12]).jobs) do asks[j.id] = j end
  local of = cjson.decode(ARGV[11])
  for _, g in ipairs(of.made) do
    local before = redis.call('HGET', KEYS[12], g.id)
    if not before or cjson.decode(before).text ~= cjson.decode(g.body).text then
      -- One that has an end stays beside what takes its place.
      if before and cjson.decode(before).state ~= 'open' then
        local aside = g.id .. '-' .. redis.call('HGET', KEYS[13], g.id)
        redis.call('HSET', KEYS[12], aside, before)
        redis.call('HSET', KEYS[13], aside, '1')
        redis.call('SADD', KEYS[14], aside)
      end
      redis.call('HSET', KEYS[12], g.id, g.body)
      redis.call('HINCRBY', KEYS[13], g.id, 1)
      redis.call('SADD', KEYS[14], g.id)
      local j = asks['goal/' .. g.id]
      if j then job_put(K, j.id, j.due, j.body) end
    end
  end
  for _, id in ipairs(of.gone) do
    local before = redis.call('HGET', KEYS[12], id)
    if before and cjson.decode(before).state == 'open' then
      redis.call('HDEL', KEYS[12], id)
      redis.call('HDEL', KEYS[13], id)
      redis.call('SREM', KEYS[14], id)
      job_drop(K, 'goal/' .. id)
    end
  end
end
for _, j in ipairs(cjson.decode(ARGV[13]).jobs) do
  if redis.call('HEXISTS', K.lease, j.id) == 1 or redis.call('HEXISTS', K.jobs, j.id) == 0 then
    job_put(K, j.id, j.due, j.body)
  end
end
if ARGV[2] ~= '' then redis.call('SET', KEYS[6], '1', 'EX', 86400) end
return { answered and 'changed' or 'new', late and '1' or '0', mine }
