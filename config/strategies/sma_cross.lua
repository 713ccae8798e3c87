-- When do two moving averages of closes cross? Then it trades, once for each crossing.
--
-- It decides what the plugin sma_cross decides, with params fast, slow, order_qty and allow_short.
-- Prices come as text; as whole hundred-thousandths they add up without rounding.

local seen = {} -- by symbol: closes, the last bar's end, which average is above, a waiting crossing

local function whole(price) return math.floor(tonumber(price) * 100000 + 0.5) end

local function sum_of_last(closes, count)
  local sum = 0
  for n = #closes - count + 1, #closes do sum = sum + closes[n] end
  return sum
end

-- Take a bar's close; tell whether the fast average has just crossed the slow one.
local function has_crossed(own, bar, params)
  if own.known and bar["end"] <= own.known then return false end
  own.known = bar["end"]
  local fast, slow = tonumber(params.fast), tonumber(params.slow)
  own.closes[#own.closes + 1] = whole(bar.close)
  if #own.closes > slow then table.remove(own.closes, 1) end
  if #own.closes < slow then return false end
  local difference = sum_of_last(own.closes, fast) * slow - sum_of_last(own.closes, slow) * fast
  local was_above = own.is_above
  if difference ~= 0 then own.is_above = difference > 0 end
  return was_above ~= nil and own.is_above ~= was_above
end

local function target(own, params)
  local qty = tonumber(params.order_qty)
  if own.is_above then return qty end
  return params.allow_short == "true" and -qty or 0
end

function on_start(call)
  local own = { closes = {} }
  seen[call.symbol] = own
  for _, bar in ipairs(call.history) do has_crossed(own, bar, call.params) end
end

function on_bar(call)
  local own = seen[call.symbol]
  if has_crossed(own, call.bar, call.params) then own.is_waiting = true end
  if not own.is_waiting or call.working > 0 or not call.is_open then return end
  own.is_waiting = false
  local missing = target(own, call.params) - tonumber(call.position.qty)
  if missing == 0 then return end
  local side = missing > 0 and "buy" or "sell"
  return { orders = { { side = side, qty = tostring(math.abs(missing)), ttl = 60 } } }
end
