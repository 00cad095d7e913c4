-- Stands before every script.

-- The store's time in ms: given by a manual clock, or this server's.
local function now_ms(given)
  if given ~= '' then return tonumber(given) end
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end

local function int(n) return string.format('%.0f', n) end

-- Jobs. K holds the community's keys: jobs, due, lease, next, tries.
local function job_put(K, id, due, body)
  if redis.call('HEXISTS', K.lease, id) == 1 then
    redis.call('HSET', K.next, id, due .. ' ' .. body)
  else
    redis.call('HSET', K.jobs, id, body)
    redis.call('ZADD', K.due, due, id)
    redis.call('HDEL', K.tries, id)
  end
end

local function job_drop(K, id)
  redis.call('HDEL', K.jobs, id)
  redis.call('ZREM', K.due, id)
  redis.call('HDEL', K.lease, id)
  redis.call('HDEL', K.next, id)
  redis.call('HDEL', K.tries, id)
end

-- Sees to it that a job runs, now or, if it is waiting or held, next time.
local function job_ensure(K, id, now, body)
  if redis.call('HEXISTS', K.lease, id) == 1 then
    redis.call('HSET', K.next, id, ' ' .. body)
  elseif redis.call('HEXISTS', K.jobs, id) == 0 then
    job_put(K, id, now, body)
  end
end

-- A held job that was scheduled anew takes its new time, or, if none was given,
-- that of its next attempt. Returns the time, or false if it was not.
local function job_renew(K, id, attempt)
  local renewed = redis.call('HGET', K.next, id)
  if not renewed then return false end
  local space = string.find(renewed, ' ', 1, true)
  local due = string.sub(renewed, 1, space - 1)
  if due == '' then due = attempt end
  redis.call('HDEL', K.next, id)
  redis.call('HDEL', K.lease, id)
  redis.call('HDEL', K.tries, id)
  redis.call('HSET', K.jobs, id, string.sub(renewed, space + 1))
  redis.call('ZADD', K.due, due, id)
  return due
end

local function job_keys(from)
  return { jobs = KEYS[from], due = KEYS[from + 1], lease = KEYS[from + 2],
           next = KEYS[from + 3], tries = KEYS[from + 4] }
end

-- Lanes: members of one zset, in lexical order: lane, unit separator, 12
-- digits, unit separator, delivery key.
local US = '\31'

local function lane_push(queue, numbers, lane, key)
  local n = redis.call('HINCRBY', numbers, 'posts', 1)
  redis.call('ZADD', queue, 0, lane .. US .. string.format('%012d', n) .. US .. key)
end

local function lane_head(queue, lane)
  local heads = redis.call('ZRANGEBYLEX', queue, '[' .. lane .. US, '(' .. lane .. ' ', 'LIMIT', 0, 1)
  if #heads == 0 then return nil end
  return heads[1], string.sub(heads[1], #lane + 15)
end

local function lane_drop(P, member, key)
  redis.call('ZREM', P.queue, member)
  redis.call('HDEL', P.posts, key)
  redis.call('HDEL', P.sending, key)
end

-- Takes the lane's first item and notes that it is being sent. P holds posts,
-- queue, sending, lanes.
local function lane_begin(P, lane, now)
  local member, key = lane_head(P.queue, lane)
  if not member then
    redis.call('HDEL', P.lanes, lane)
    return { 'empty' }
  end
  local body = redis.call('HGET', P.posts, key)
  local state = redis.call('HGET', P.sending, key)
  local since, tries, doubt = int(now), 0, '0'
  if state then
    local s, t, d = string.match(state, '^(%S+) (%S+) (%S+)$')
    tries, doubt = tonumber(t), d
    if doubt == '1' then since = s end
  end
  redis.call('HSET', P.sending, key, since .. ' ' .. int(tries + 1) .. ' 1')
  return { 'begun', key, body, int(now), since, int(tries), doubt }
end
