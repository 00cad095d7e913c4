-- Shows what a lane holds.
--   KEYS  1 queue, 2 posts, 3 written, 4 accounts, 5 members
--   ARGV  1 time, 2 lane, 3 most
-- Returns the time, when the person was written to and what is kept of them ('' if
-- nothing is), then for each item its member of the queue and its body.
local lane = ARGV[2]
local member = redis.call('HGET', KEYS[4], string.match(lane, '@(.*)$') or '')
local known = member and redis.call('HGET', KEYS[5], member) or ''
local out = { int(now_ms(ARGV[1])), redis.call('HGET', KEYS[3], lane) or '[]', known }
for _, member in ipairs(redis.call('ZRANGEBYLEX', KEYS[1], '[' .. lane .. US, '(' .. lane .. ' ', 'LIMIT', 0, ARGV[3])) do
  local _, _, body = item_kind(redis.call('HGET', KEYS[2], string.sub(member, #lane + 15)))
  out[#out + 1] = member
  out[#out + 1] = body
end
return out
