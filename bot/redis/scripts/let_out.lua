-- Takes held items out of their lane, and queues what goes out instead.
--   KEYS  1 jobs, 2 due, 3 lease, 4 next, 5 tries, 6 posts, 7 queue, 8 sent,
--         9 sentat, 10 numbers, 11 written, 12 what was sent to the person,
--         13… turns in check-ins of which nobody was told in time
--   ARGV  1 time, 2 lane, 3 the post as advance takes it, or '', 4 when the
--         person was written to, 5 whose turns those are, as JSON, 6 when
--         they were written to before, 7… members of the queue
-- Returns ok, or conflict if not all of them are there, or something else went out
-- meanwhile.
local now, lane = now_ms(ARGV[1]), ARGV[2]
if ARGV[3] ~= '' and (redis.call('HGET', KEYS[11], lane) or '[]') ~= ARGV[6] then return { 'conflict' } end
for i = 7, #ARGV do
  local there = redis.call('ZSCORE', KEYS[7], ARGV[i])
  if not there or redis.call('HEXISTS', KEYS[6], string.sub(ARGV[i], #lane + 15)) == 0 then return { 'conflict' } end
end
for i = 7, #ARGV do
  local key = string.sub(ARGV[i], #lane + 15)
  redis.call('ZREM', KEYS[7], ARGV[i])
  redis.call('HDEL', KEYS[6], key)
  -- It has ended, as no message of its own.
  redis.call('HSET', KEYS[8], key, '')
  redis.call('ZADD', KEYS[9], int(now), key)
  sent_to(KEYS[12], lane, int(now), key)
end
for i, member in ipairs(cjson.decode(ARGV[5])) do
  local window = string.match(redis.call('HGET', KEYS[12 + i], member) or '', '^asked( .*)$')
  if window then redis.call('HSET', KEYS[12 + i], member, 'unsent' .. window) end
end
if ARGV[3] ~= '' then
  local p = cjson.decode(ARGV[3])
  redis.call('HDEL', KEYS[8], p.key)
  redis.call('ZREM', KEYS[9], p.key)
  redis.call('HSET', KEYS[6], p.key, 'P' .. int(now) .. ' ' .. p.body)
  lane_push(KEYS[7], p.lane, post_number(KEYS[10]), p.key)
  job_ensure(job_keys(1), p.job, int(now), p.drain)
  redis.call('HSET', KEYS[11], lane, ARGV[4])
end
return { 'ok' }
