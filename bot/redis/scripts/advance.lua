-- Changes one record together with everything that the change brings about.
--   KEYS  1 jobs, 2 due, 3 lease, 4 next, 5 tries, 6 posts, 7 queue, 8 sent,
--         9 undelivered, 10 numbers, 11 sending, 12 changes, 13 input claim,
--         14 records, 15 versions, 16 left, 17… for the writes
--   ARGV  1 time, 2 effects, 3 input ('' for none), 4 record, 5 expected
--         version ('' for no record), 6 body, 7 writes, 8 what must not have left
-- Returns {'ok', version}, {'conflict', version} or {'repeated'}.
local now = now_ms(ARGV[1])
local K = job_keys(1)
local posts, queue, sent, undelivered, numbers = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local sending, changes = KEYS[11], KEYS[12]

if ARGV[3] ~= '' and redis.call('EXISTS', KEYS[13]) == 1 then return { 'repeated' } end

for space in string.gmatch(ARGV[8], '%S+') do
  if redis.call('HEXISTS', KEYS[16], space) == 1 then return { 'conflict', 'left' } end
end

local writes = cjson.decode(ARGV[7])
for _, w in ipairs(writes) do
  if w.op == 'WRITTEN' and (redis.call('HGET', KEYS[w.key], w.args[1]) or '[]') ~= w.args[2] then return { 'conflict', 'written' } end
end

local version = ''
if ARGV[5] ~= '' then
  local current = redis.call('HGET', KEYS[15], ARGV[4]) or '0'
  if current ~= ARGV[5] then return { 'conflict', current } end
  version = int(tonumber(current) + 1)
  redis.call('HSET', KEYS[14], ARGV[4], ARGV[6])
  redis.call('HSET', KEYS[15], ARGV[4], version)
end
if ARGV[3] ~= '' then redis.call('SET', KEYS[13], '1', 'EX', 86400) end

local taken = {}
for _, w in ipairs(writes) do
  if w.op == 'ENTER' or w.op == 'STAY' or w.op == 'LEAVE' then
    local words, there = {}, false
    if w.op == 'ENTER' then words[1] = w.args[2] end
    for word in string.gmatch(redis.call('HGET', KEYS[w.key], w.args[1]) or '', '%S+') do
      there = there or word == w.args[2]
      if word ~= w.args[2] or w.op == 'STAY' then words[#words + 1] = word end
    end
    if w.op == 'STAY' and not there then words[#words + 1] = w.args[2] end
    if #words > 0 then
      redis.call('HSET', KEYS[w.key], w.args[1], table.concat(words, ' '))
    else
      redis.call('HDEL', KEYS[w.key], w.args[1])
    end
  elseif w.op == 'WRITTEN' then
    redis.call('HSET', KEYS[w.key], w.args[1], w.args[3])
  elseif w.op == 'WITHDRAW' then
    local old, new, lane, body = unpack(w.args)
    local stored = redis.call('HGET', posts, old) or ''
    local sends = string.match(redis.call('HGET', sending, old) or '', ' 1$')
    if item_held(stored) or item_fleeting(stored) and not sends then
      redis.call('HDEL', posts, old)
      redis.call('HDEL', sending, old)
      taken[old] = true
      if new then
        redis.call('HSET', posts, new, 'P' .. int(now) .. ' ' .. body)
        lane_push(queue, lane, post_number(numbers), new)
      end
    end
  else
    redis.call(w.op, KEYS[w.key], unpack(w.args))
  end
end

local e = cjson.decode(ARGV[2])
for _, id in ipairs(e.cancel) do job_drop(K, id) end
for _, j in ipairs(e.jobs) do job_put(K, j.id, j.due ~= '' and j.due or int(now), j.body) end

-- A change takes the place of one of the same message that waits, unless that one
-- is being made just now.
local function change(p)
  local waits = redis.call('HGET', changes, p.key)
  local post = p.early ~= '' and not waits and redis.call('HGET', posts, p.key)
  if post and not string.match(redis.call('HGET', sending, p.key) or '', ' 1$') then
    -- Nobody has begun to send the post, or what they tried was not sent.
    if p.early == 'withdrawn' then
      redis.call('HDEL', posts, p.key)
      redis.call('HDEL', sending, p.key)
    else
      local _, queued = item_kind(post)
      redis.call('HSET', posts, p.key, 'P' .. queued .. ' ' .. p.rewritten)
    end
    return
  end
  if waits and not string.match(redis.call('HGET', sending, waits) or '', ' 1$') then
    local _, queued = item_kind(redis.call('HGET', posts, waits))
    redis.call('HSET', posts, waits, 'C' .. queued .. ' ' .. p.body)
    return
  end
  local number = post_number(numbers)
  local entry = p.key .. RS .. number
  redis.call('HSET', posts, entry, 'C' .. int(now) .. ' ' .. p.body)
  redis.call('HSET', changes, p.key, entry)
  lane_push(queue, p.lane, number, entry)
end

local function known(key)
  return redis.call('HEXISTS', posts, key) == 1 or redis.call('HEXISTS', sent, key) == 1
      or redis.call('HEXISTS', undelivered, key) == 1
end

for _, p in ipairs(e.posts) do
  local comes = not (p.after and taken[p.after]) and (not p.instead or taken[p.instead])
  if comes and (p.change or not known(p.key)) then
    if p.change then
      change(p)
    else
      redis.call('HSET', posts, p.key, 'P' .. int(now) .. ' ' .. p.body)
      lane_push(queue, p.lane, post_number(numbers), p.key)
    end
    job_ensure(K, p.job, int(now), p.drain)
  end
end
return { 'ok', version }
