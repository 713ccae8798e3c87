-- told: not enough memory
function on_quote(call)
  local t = {}
  local piece = string.rep("x", 60000)
  for n = 1, 1000 do t[n] = piece end
  return { notes = { table.concat(t) } }
end
