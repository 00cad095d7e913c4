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

-- How often a job has failed, and when it was first given back ('' for never),
-- since it was scheduled. Layouts before had the failures alone.
local function job_tries(K, id)
  local failures, since = string.match(redis.call('HGET', K.tries, id) or '0', '^(%d+) ?(-?%d*)$')
  return failures or '0', since or ''
end

local function job_returned(K, id, now, failed)
  local failures, since = job_tries(K, id)
  if failed then failures = int(tonumber(failures) + 1) end
  if since == '' then since = now end
  redis.call('HSET', K.tries, id, failures .. ' ' .. since)
end

local function job_keys(from)
  return { jobs = KEYS[from], due = KEYS[from + 1], lease = KEYS[from + 2],
           next = KEYS[from + 3], tries = KEYS[from + 4] }
end

-- Lanes: members of one zset, in lexical order: lane, unit separator, 12
-- digits, unit separator, entry. The entry of a post is its delivery key, that of
-- a change the post's key, a record separator and the 12 digits.
local US, RS = '\31', '\30'

local function post_number(numbers)
  return string.format('%012d', redis.call('HINCRBY', numbers, 'posts', 1))
end

local function lane_push(queue, lane, number, entry)
  redis.call('ZADD', queue, 0, lane .. US .. number .. US .. entry)
end

-- A stored item is its kind (P a post, C a change of one), when it was queued, in
-- ms, a blank and its body. Layouts before had the body alone.
local function item_kind(stored)
  local kind, at, body = string.match(stored or '', '^([PC])(%d+) (.*)$')
  if kind then return kind, at, body end
  return 'P', '', stored
end

-- Nothing in a string of JSON looks like this.
local function item_held(stored) return string.find(stored, '"unasked":{', 1, true) end

local function changed_key(entry) return string.sub(entry, 1, -14) end

local function lane_head(queue, lane)
  local heads = redis.call('ZRANGEBYLEX', queue, '[' .. lane .. US, '(' .. lane .. ' ', 'LIMIT', 0, 1)
  if #heads == 0 then return nil end
  return heads[1], string.sub(heads[1], #lane + 15)
end

-- Notes under the person of a lane what has ended, for as long as that is known:
-- so that nobody has to be looked for in all that was sent.
local function sent_to(to, lane, now, key)
  if not string.find(lane, ':@', 1, true) then return end
  local month = 30 * 24 * 3600 * 1000
  redis.call('ZADD', to, now, key)
  redis.call('ZREMRANGEBYSCORE', to, '-inf', int(tonumber(now) - month))
  redis.call('PEXPIRE', to, int(month))
end

-- P holds the keys posts, queue, sending, lanes, changes, sent.
local function lane_drop(P, member, entry)
  if item_kind(redis.call('HGET', P.posts, entry)) == 'C' then
    local key = changed_key(entry)
    if redis.call('HGET', P.changes, key) == entry then redis.call('HDEL', P.changes, key) end
  end
  redis.call('ZREM', P.queue, member)
  redis.call('HDEL', P.posts, entry)
  redis.call('HDEL', P.sending, entry)
end

-- Forgets what was not delivered. U holds the keys entries, at, ids, unreported.
local function undelivered_drop(U, key, report)
  redis.call('HDEL', U.entries, key)
  redis.call('ZREM', U.at, key)
  redis.call('ZREM', U.unreported, key)
  local id = string.match(report or '', '^{"id":"(%w+)"')
  if id then redis.call('HDEL', U.ids, id) end
end

-- Takes the lane's first item and notes that it is being sent.
local function lane_begin(P, lane, now)
  local member, key, kind, queued, body
  local target = ''
  repeat
    member, key = lane_head(P.queue, lane)
    if not member then
      redis.call('HDEL', P.lanes, lane)
      return { 'empty' }
    end
    local stored = redis.call('HGET', P.posts, key)
    kind, queued, body = item_kind(stored)
    if not stored then -- it was withdrawn
      kind = ''
      lane_drop(P, member, key)
    elseif kind == 'C' then
      target = redis.call('HGET', P.sent, changed_key(key)) or ''
      if target == '' then
        local post = redis.call('HGET', P.posts, changed_key(key))
        if post and not item_held(post) then return { 'not yet' } end
        lane_drop(P, member, key) -- what was not sent cannot be changed
      end
    end
  until kind == 'P' or target ~= ''
  local state = redis.call('HGET', P.sending, key)
  local since, tries, doubt = int(now), 0, '0'
  if state then
    local s, t, d = string.match(state, '^(%S+) (%S+) (%S+)$')
    tries, doubt = tonumber(t), d
    if doubt == '1' then since = s end
  end
  redis.call('HSET', P.sending, key, since .. ' ' .. int(tries + 1) .. ' 1')
  return { 'begun', key, body, int(now), since, int(tries), doubt, queued, target }
end
