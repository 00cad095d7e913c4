-- Tells what has changed in a library since an entry of its log.
--   KEYS  1 log, 2 numbers, 3 resources, 4 versions
--   ARGV  1 entry ('' for the beginning, '+' for only where the log stands)
-- Returns {latest entry, changes ever, changes told, then of each resource: id,
-- body, version}, the last two '' if it is gone.
local latest = ARGV[1]
if latest == '+' then latest = '' end
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
if last[1] then latest = last[1][1] end
local out = { latest, redis.call('HGET', KEYS[2], 'library') or '0', '0' }
if ARGV[1] == '+' then return out end

local from = '-'
if ARGV[1] ~= '' then from = '(' .. ARGV[1] end
local told = redis.call('XRANGE', KEYS[1], from, '+')
out[3] = int(#told)
local known = {}
for _, entry in ipairs(told) do
  local id = entry[2][2]
  if not known[id] then
    known[id] = true
    out[#out + 1] = id
    out[#out + 1] = redis.call('HGET', KEYS[3], id) or ''
    out[#out + 1] = redis.call('HGET', KEYS[4], id) or ''
  end
end
return out
