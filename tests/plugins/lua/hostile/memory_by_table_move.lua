-- told: it gave no answer in time
function on_quote(call)
  local t = { 1 }
  pcall(table.move, t, 1, 1 << 40, 2)
  while true do end
end
