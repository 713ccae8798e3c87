-- told: neither a list nor has names
function on_quote(call)
  return { orders = { 1, side = "buy" } }
end
