-- Stores resources of a library, each if its version is the expected one and its place
-- has not left. The people who stand in them are not noted.
--   KEYS  1 jobs, 2 due, 3 lease, 4 next, 5 tries, 6 resources, 7 versions, 8 order,
--         9 due links, 10 what stands for another, 11 log, 12 numbers, 13 left
--   ARGV  1 length of the log, 2 jobs as JSON, then
--         of each resource five: id, expected version, when its link is looked at ('' if
--         it is not), place, body
-- Returns the new version of each, '' where that is a conflict.
local K = job_keys(1)
local out, changed = {}, 0
for i = 3, #ARGV, 5 do
  local id, version = ARGV[i], ARGV[i + 1]
  local current = redis.call('HGET', KEYS[7], id) or '0'
  if current ~= version or redis.call('HEXISTS', KEYS[13], ARGV[i + 3]) == 1 then
    out[#out + 1] = ''
  else
    version = int(tonumber(current) + 1)
    redis.call('HSET', KEYS[6], id, ARGV[i + 4])
    redis.call('HSET', KEYS[7], id, version)
    redis.call('ZADD', KEYS[8], 0, id)
    if ARGV[i + 2] == '' then
      redis.call('ZREM', KEYS[9], id)
    else
      redis.call('ZADD', KEYS[9], ARGV[i + 2], id)
    end
    redis.call('HDEL', KEYS[10], id)
    redis.call('XADD', KEYS[11], 'MAXLEN', '~', ARGV[1], '*', 'id', id)
    changed = changed + 1
    out[#out + 1] = version
  end
end
if changed > 0 then
  redis.call('HINCRBY', KEYS[12], 'library', changed)
  for _, j in ipairs(cjson.decode(ARGV[2])) do job_put(K, j.id, j.due, j.body) end
end
return out
