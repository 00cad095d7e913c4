-- Shows some of those who take part in a check-in.
--   KEYS  1 their order, 2 what they said of themselves, 3 how far they are asked,
--         4 the lists by which they take part, 5 what they know and said of it
--   ARGV  1 from whom, as ZRANGEBYLEX has it, 2 most
-- Returns for each the member and what the other keys have of them, '' for nothing.
local members = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '+', 'LIMIT', 0, ARGV[2])
if #members == 0 then return members end
local columns = { members }
for i = 2, #KEYS do
  columns[i] = redis.call('EXISTS', KEYS[i]) == 1 and redis.call('HMGET', KEYS[i], unpack(members)) or {}
end
local out = {}
for row = 1, #members do
  for _, column in ipairs(columns) do out[#out + 1] = column[row] or '' end
end
return out
