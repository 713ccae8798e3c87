-- told: not enough memory
function on_quote(call)
  local function deep() return 1 + deep() end
  return deep()
end
