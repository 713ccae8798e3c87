-- told: outside a coroutine
function on_quote(call)
  coroutine.yield({ orders = {} })
end
