-- told: not enough memory
function on_quote(call)
  kept = kept or {}
  for n = 1, 200 do kept[#kept + 1] = string.rep(tostring(n), 60000 // #tostring(n)) end
end
