-- told: an answer of more than
function on_quote(call)
  local t = {}
  t.orders = t
  return t
end
