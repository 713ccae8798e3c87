-- told: expected one of SPY, got 'IBM'
function on_quote(call)
  return { orders = { { symbol = "IBM", side = "buy", qty = "1" } } }
end
