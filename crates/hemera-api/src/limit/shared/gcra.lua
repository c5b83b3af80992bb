-- One decision by GCRA, in microseconds of this server's own clock.
-- KEYS[1]: a caller's cell, which holds the time at which its whole burst is available again.
-- ARGV: the time after which a whole burst no longer counts, what the request takes of it, and what a refused one gives back.
-- Returns whether the request is admitted, and how far ahead of now the cell is afterwards.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local burst, cost, refund = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full_at = tonumber(redis.call('GET', KEYS[1]) or '') or 0
-- At most one burst ahead: more means that the clock was set back, or that the burst was larger.
local taken = math.min(math.max(full_at - now, 0), burst)
local is_admitted = taken + cost <= burst
if is_admitted then
  taken = taken + cost
elseif refund == 0 then
  return { 0, taken }
else
  taken = math.max(taken - refund, 0)
end
redis.call('SET', KEYS[1], string.format('%.0f', now + taken), 'PX', math.ceil(taken / 1000) + 1)
return { is_admitted and 1 or 0, taken }
