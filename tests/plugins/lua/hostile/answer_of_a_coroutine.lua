-- told: in the answer
function on_quote(call)
  return { orders = coroutine.create(function() end) }
end
