-- Tells in which zones those live who take part in a check-in: some of them.
--   KEYS  1 their order, 2 what they said of themselves, 3 members
--   ARGV  1 from whom, as ZRANGEBYLEX has it, 2 most
-- Returns the last of them ('' if there are no more), then for each who is a member
-- their zone, or, if they have set none, the space in which they are asked, as JSON:
-- each zone and space once.
local members = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '+', 'LIMIT', 0, ARGV[2])
if #members == 0 then return { '' } end
local out, known = { #members == tonumber(ARGV[2]) and members[#members] or '' }, {}
for i, kept in ipairs(redis.call('HMGET', KEYS[3], unpack(members))) do
  -- Nothing in a string of JSON looks like this.
  local where = kept and (string.match(kept, '"zone":"([^"]+)"') or '')
  if where == '' then
    local said = redis.call('HGET', KEYS[2], members[i])
    where = said and cjson.encode(cjson.decode(said).account.space)
  end
  if where and not known[where] then
    known[where] = true
    out[#out + 1] = where
  end
end
return out
