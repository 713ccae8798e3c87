-- told: not enough memory
function on_quote(call)
  local t = {}
  while true do t[#t + 1] = {} end
end
