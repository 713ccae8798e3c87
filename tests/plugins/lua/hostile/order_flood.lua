-- told: expected at most 10, got 11
function on_quote(call)
  local orders = {}
  for n = 1, 11 do orders[n] = { side = "buy", qty = "1" } end
  return { orders = orders }
end
