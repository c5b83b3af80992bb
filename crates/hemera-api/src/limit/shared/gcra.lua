-- One decision by GCRA, in microseconds of this server's own clock.
-- KEYS[1]: a caller's cell, which holds the time at which its whole burst is back.
-- ARGV: the time in which one request is forgotten, and that in which a whole burst is.
-- Answers whether the request is admitted, and how far ahead of now the cell then is.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local full_at = tonumber(redis.call('GET', KEYS[1]) or '') or 0
-- No further ahead than a burst: more is a clock that was set back, or a burst that was larger.
local taken = math.min(math.max(full_at - now, 0), burst)
if taken + interval > burst then
  return { 0, taken }
end
taken = taken + interval
redis.call('SET', KEYS[1], string.format('%.0f', now + taken), 'PX', math.ceil(taken / 1000) + 1)
return { 1, taken }
