-- Tells of some resources of a library, with all that a member must know to do
-- something with them.
--   KEYS  1 resources, 2 versions, 3 rules, 4 version of the rules, 5 kept by the
--         member, 6 what stands for another resource
--   ARGV  1 time, 2… resources
-- Returns {time, rules, their version, then of each resource: its ID, which is another
-- one where that stands for it now, body, version, '1' if the member keeps it}, each ''
-- where there is none.
local function known(v) return v or '' end
local out = { int(now_ms(ARGV[1])), known(redis.call('HGET', KEYS[3], 'all')), known(redis.call('HGET', KEYS[4], 'all')) }
for i = 2, #ARGV do
  local id = ARGV[i]
  local version = redis.call('HGET', KEYS[2], id)
  while not version do
    local other = redis.call('HGET', KEYS[6], id)
    if not other then break end
    id, version = other, redis.call('HGET', KEYS[2], other)
  end
  out[#out + 1] = id
  out[#out + 1] = known(redis.call('HGET', KEYS[1], id))
  out[#out + 1] = known(version)
  out[#out + 1] = redis.call('ZSCORE', KEYS[5], id) and '1' or ''
end
return out
