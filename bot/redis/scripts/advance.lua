-- Changes one record together with everything that the change brings about.
--   KEYS  1 jobs, 2 due, 3 lease, 4 next, 5 tries, 6 posts, 7 queue, 8 sent,
--         9 undelivered, 10 numbers, 11 input claim, 12 records, 13 versions,
--         14… for the writes
--   ARGV  1 time, 2 effects, 3 input ('' for none), 4 record, 5 expected
--         version ('' for no record), 6 body, 7 writes
-- Returns {'ok', version}, {'conflict', version} or {'repeated'}.
local now = now_ms(ARGV[1])
local K = job_keys(1)
local posts, queue, sent, undelivered, numbers = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]

if ARGV[3] ~= '' and redis.call('EXISTS', KEYS[11]) == 1 then return { 'repeated' } end

local version = ''
if ARGV[5] ~= '' then
  local current = redis.call('HGET', KEYS[13], ARGV[4]) or '0'
  if current ~= ARGV[5] then return { 'conflict', current } end
  version = int(tonumber(current) + 1)
  redis.call('HSET', KEYS[12], ARGV[4], ARGV[6])
  redis.call('HSET', KEYS[13], ARGV[4], version)
end
if ARGV[3] ~= '' then redis.call('SET', KEYS[11], '1', 'EX', 86400) end

for _, w in ipairs(cjson.decode(ARGV[7])) do
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
  else
    redis.call(w.op, KEYS[w.key], unpack(w.args))
  end
end

local e = cjson.decode(ARGV[2])
for _, id in ipairs(e.cancel) do job_drop(K, id) end
for _, j in ipairs(e.jobs) do job_put(K, j.id, j.due, j.body) end
for _, p in ipairs(e.posts) do
  if redis.call('HEXISTS', posts, p.key) == 0 and redis.call('HEXISTS', sent, p.key) == 0
      and redis.call('HEXISTS', undelivered, p.key) == 0 then
    redis.call('HSET', posts, p.key, p.body)
    lane_push(queue, numbers, p.lane, p.key)
    job_ensure(K, p.job, int(now), p.drain)
  end
end
return { 'ok', version }
