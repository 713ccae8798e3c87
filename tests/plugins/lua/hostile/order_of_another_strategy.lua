-- told: Extra inputs are not permitted
function on_quote(call)
  return { orders = { { side = "buy", qty = "1", strategy_id = "good" } } }
end
