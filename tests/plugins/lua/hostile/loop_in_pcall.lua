-- told: it gave no answer in time
function on_quote(call)
  local function spin() while true do end end
  while true do pcall(spin) end
end
