-- told: is no resting order of bad
function on_quote(call)
  return { orders = { { cancel = "tb00000000000000000000000000" } } }
end
