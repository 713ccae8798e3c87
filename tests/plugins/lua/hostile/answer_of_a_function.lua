-- told: a function in the answer
function on_quote(call)
  return { orders = function() end }
end
