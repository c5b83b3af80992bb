-- One decision by GCRA, in microseconds of this server's own clock.
-- KEYS[1]: a caller's cell, which holds the time at which its whole burst is available again.
-- ARGV: the time after which one request no longer counts, and that after which a whole burst does not.
-- Returns whether the request is admitted, and how far ahead of now the cell is afterwards.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local full_at = tonumber(redis.call('GET', KEYS[1]) or '') or 0
-- At most one burst ahead: more means that the clock was set back, or that the burst was larger.
local taken = math.min(math.max(full_at - now, 0), burst)
if taken + interval > burst then
  return { 0, taken }
end
taken = taken + interval
redis.call('SET', KEYS[1], string.format('%.0f', now + taken), 'PX', math.ceil(taken / 1000) + 1)
return { 1, taken }
