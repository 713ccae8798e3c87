-- told: an answer of more than 4096 values
function on_quote(call)
  local orders = {}
  for n = 1, 100000 do orders[n] = 1 end
  return { orders = orders }
end
