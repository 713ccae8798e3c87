-- told: it gave no answer in time
function on_quote(call)
  local t = {}
  for n = 1, 1000 do t[n] = n end
  while true do pcall(table.sort, t, function() return true end) end
end
