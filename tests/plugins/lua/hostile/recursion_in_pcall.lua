-- told: C stack overflow
function on_quote(call)
  local function deep() local _, why = pcall(deep) if why then error(why, 0) end end
  deep()
end
