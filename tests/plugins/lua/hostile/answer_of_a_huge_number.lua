-- told: expected a plain decimal
function on_quote(call)
  return { orders = { { side = "buy", qty = "1e400" } } }
end
