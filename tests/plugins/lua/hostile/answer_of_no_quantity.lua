-- told: nothing is done
function on_quote(call)
  return { orders = { { side = "buy", qty = "NaN" } } }
end
