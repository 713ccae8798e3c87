-- told: not enough memory
function on_quote(call)
  local t = {}
  while true do t[#t + 1] = coroutine.create(function() end) end
end
