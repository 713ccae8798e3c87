-- told: expected a decimal as text
function on_quote(call)
  return { orders = { { side = "buy", qty = 0 / 0 } } }
end
