-- told: it gave no answer in time
function on_quote(call)
  local t = setmetatable({}, { __index = function(t, key) return t[key + 1] end })
  pcall(function() return t[1] end)
  while true do pcall(function() return t[1] end) end
end
