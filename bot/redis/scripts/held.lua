-- Shows what a lane holds.
--   KEYS  1 queue, 2 posts, 3 written, 4 accounts, 5 members
--   ARGV  1 time, 2 lane, 3 most
-- Returns the time, when the person was written to and what is kept of them ('' if
-- nothing is), then for each item its member of the queue and its body.
local lane = ARGV[2]
local member = redis.call('HGET', KEYS[4], string.match(lane, '@(.*)$') or '')
local known = member and redis.call('HGET', KEYS[5], member) or ''
local out = { int(now_ms(ARGV[1])), redis.call('HGET', KEYS[3], lane) or '[]', known }
local from, most = '[' .. lane .. US, tonumber(ARGV[3])
while most > 0 do
  local members = redis.call('ZRANGEBYLEX', KEYS[1], from, '(' .. lane .. ' ', 'LIMIT', 0, most)
  if #members == 0 then break end
  for _, member in ipairs(members) do
    local stored = redis.call('HGET', KEYS[2], string.sub(member, #lane + 15))
    if stored then
      local _, _, body = item_kind(stored)
      out[#out + 1] = member
      out[#out + 1] = body
      most = most - 1
    else
      redis.call('ZREM', KEYS[1], member) -- it was withdrawn
    end
  end
  from = '(' .. members[#members]
end
return out
